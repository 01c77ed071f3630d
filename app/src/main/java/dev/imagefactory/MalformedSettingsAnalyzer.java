package dev.imagefactory;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says where a settings file is not YAML. The line itself is not repeated: it may hold a
 * secret.
 */
class MalformedSettingsAnalyzer extends AbstractFailureAnalyzer<MarkedYAMLException> {

	@Override
	protected FailureAnalysis analyze(Throwable failure, MarkedYAMLException cause) {
		Mark mark = (cause.getProblemMark() != null) ? cause.getProblemMark() : cause.getContextMark();
		String place = (mark != null) ? "line %d, column %d: ".formatted(mark.getLine() + 1, mark.getColumn() + 1) : "";
		return new FailureAnalysis("A settings file is not YAML: " + place + cause.getProblem(),
				"Correct that line and start again. Texts with ':', '#', '{', '?' or '*' need quotes.", failure);
	}

}
