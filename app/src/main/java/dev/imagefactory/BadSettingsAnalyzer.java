package dev.imagefactory;

import java.util.stream.Collectors;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Turns refused settings into one message. */
class BadSettingsAnalyzer extends AbstractFailureAnalyzer<BadSettings> {

	@Override
	protected FailureAnalysis analyze(Throwable failure, BadSettings cause) {
		int count = cause.problems().size();
		String title = (count == 1) ? "A setting cannot be used:" : count + " settings cannot be used:";
		String description = cause.problems()
			.stream()
			.map(SettingProblem::describe)
			.collect(Collectors.joining("\n", title + "\n\n", ""));
		return new FailureAnalysis(description, "Correct what is named above and start again.", failure);
	}

}
