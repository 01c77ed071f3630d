package dev.imagefactory;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Turns an unusable data directory into one message. */
class UnusableDataDirectoryAnalyzer extends AbstractFailureAnalyzer<UnusableDataDirectory> {

	@Override
	protected FailureAnalysis analyze(Throwable failure, UnusableDataDirectory cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action() + ".", failure);
	}

}
