package dev.imagefactory.engine.local;

import java.util.List;

import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import org.jspecify.annotations.Nullable;

/** Results in sentences, and short enough to be stored. */
final class RunDetails {

	private static final int LONGEST_DETAIL = 1900;

	private static final int LONGEST_NAME = 150;

	private static final int LONGEST_LINK = 300;

	private RunDetails() {
	}

	/**
	 * Why a run ended as it did.
	 * @param result its result
	 * @return a sentence, or null when there is nothing to explain
	 */
	static @Nullable String of(RunResult result) {
		return switch (result) {
			case RunResult.Succeeded succeeded -> null;
			case RunResult.Rejected rejected -> rejected.scan().rejection();
			case RunResult.Failed failed -> failed.detail();
			case RunResult.Errored errored -> errored.detail();
			case RunResult.TimedOut timedOut -> timedOut.detail();
			case RunResult.Stopped stopped -> stopped.detail();
			case RunResult.Vanished vanished -> vanished.detail();
		};
	}

	/**
	 * Cuts a result's texts so that a row always holds them: some come from what a
	 * repository put into its image.
	 * @param result the result
	 * @return the same result, shorter where it was too long
	 */
	static RunResult bounded(RunResult result) {
		return switch (result) {
			case RunResult.Succeeded succeeded ->
				new RunResult.Succeeded(succeeded.digest(), bounded(succeeded.scan()));
			case RunResult.Rejected rejected -> new RunResult.Rejected(bounded(rejected.scan()));
			case RunResult.Failed failed -> new RunResult.Failed(failed.reason(), detail(failed.detail()));
			case RunResult.Errored errored -> new RunResult.Errored(errored.reason(), detail(errored.detail()));
			case RunResult.TimedOut timedOut -> timedOut;
			case RunResult.Stopped stopped -> stopped;
			case RunResult.Vanished vanished -> vanished;
		};
	}

	/**
	 * Cuts the texts of a scan likewise.
	 * @param scan the scan
	 * @return the same scan, shorter where it was too long
	 */
	static ScanSummary bounded(ScanSummary scan) {
		List<Finding> findings = scan.fixable()
			.stream()
			.limit(ScanSummary.MOST_FINDINGS)
			.map(RunDetails::bounded)
			.toList();
		return new ScanSummary(scan.verdict(), scan.counts(), findings, scan.database());
	}

	private static Finding bounded(Finding finding) {
		String fixedIn = finding.fixedIn();
		String link = finding.link();
		return new Finding(cut(finding.id(), LONGEST_NAME), cut(finding.packageName(), LONGEST_NAME),
				cut(finding.installed(), LONGEST_NAME), (fixedIn != null) ? cut(fixedIn, LONGEST_NAME) : null,
				finding.severity(), (link != null && link.length() <= LONGEST_LINK) ? link : null);
	}

	private static String detail(String text) {
		return (text.length() <= LONGEST_DETAIL) ? text : text.substring(0, LONGEST_DETAIL) + "...";
	}

	private static String cut(String text, int longest) {
		String line = StepLogs.oneLine(text);
		return (line.length() <= longest) ? line : line.substring(0, longest) + "...";
	}

}
