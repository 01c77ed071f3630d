package dev.imagefactory.engine.argo;

import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.source.InvalidValue;

/**
 * What our steps report. Repository code may have written it, so every value is taken for
 * a stranger's until it has exactly the form that it has to have.
 */
final class StepOutputs {

	private static final String DIGEST = "digest";

	private static final String VERDICT = "verdict";

	private static final String SUMMARY = "summary";

	private StepOutputs() {
	}

	/**
	 * The digest that build, scan and push report.
	 * @param step the step
	 * @return the digest; empty when the step reported none
	 * @throws OutputRefused when it reported something else
	 */
	static Optional<Digest> digest(StepNode step) throws OutputRefused {
		Optional<String> value = step.output(DIGEST);
		try {
			return value.map(Digest::of);
		}
		catch (InvalidValue ex) {
			throw new OutputRefused(DIGEST, "of the step %s is no digest".formatted(step.step().wireName()));
		}
	}

	/**
	 * The scan's verdict.
	 * @param scan the step
	 * @return the verdict
	 * @throws OutputRefused when it is missing, or no verdict that a scan comes to
	 */
	static ScanVerdict verdict(StepNode scan) throws OutputRefused {
		String verdict = scan.output(VERDICT).orElse("");
		return switch (verdict) {
			case "passed" -> ScanVerdict.PASSED;
			case "rejected" -> ScanVerdict.REJECTED;
			case "end-of-life" -> ScanVerdict.END_OF_LIFE;
			case "" -> throw new OutputRefused(VERDICT, "is missing");
			default -> throw new OutputRefused(VERDICT, "is none of passed, rejected and end-of-life");
		};
	}

	/**
	 * The scan's summary.
	 * @param scan the step
	 * @param verdict what the scan comes to
	 * @return the summary
	 * @throws OutputRefused when it is missing, or not the JSON that a scan writes
	 */
	static ScanSummary summary(StepNode scan, ScanVerdict verdict) throws OutputRefused {
		String json = scan.output(SUMMARY).orElseThrow(() -> new OutputRefused(SUMMARY, "is missing"));
		return SummaryJson.read(SUMMARY, json, verdict);
	}

}
