package dev.imagefactory;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Turns a refused process into one message. */
class ProcessRefusedAnalyzer extends AbstractFailureAnalyzer<ProcessRefused> {

	@Override
	protected FailureAnalysis analyze(Throwable failure, ProcessRefused cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.action() + ".", failure);
	}

}
