package dev.imagefactory;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Turns an unusable database into one message. */
class UnusableDatabaseAnalyzer extends AbstractFailureAnalyzer<UnusableDatabase> {

	@Override
	protected FailureAnalysis analyze(Throwable failure, UnusableDatabase cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action() + ".", failure);
	}

}
