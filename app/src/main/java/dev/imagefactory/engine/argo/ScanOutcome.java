package dev.imagefactory.engine.argo;

import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import org.jspecify.annotations.Nullable;

/**
 * What became of the scan. The exit code and the reported verdict have to say the same.
 * The installed build says nothing of its image, because a RUN could have written it; a
 * template of the team's own may, and then the scan has to agree.
 */
sealed interface ScanOutcome {

	/** The scan is not over, or ended without judging. */
	record Open() implements ScanOutcome {
	}

	/**
	 * The image may be pushed.
	 *
	 * @param image the image and its scan
	 */
	record Passed(ScannedImage image) implements ScanOutcome {
	}

	/**
	 * The gate said no.
	 *
	 * @param summary what it found
	 */
	record Stopped(ScanSummary summary) implements ScanOutcome {
	}

	/**
	 * Two of its statements do not go together, or one is not what it has to be.
	 *
	 * @param reason a word in kebab case that programs can rely on
	 * @param detail a sentence that says what to do
	 */
	record Contradictory(String reason, String detail) implements ScanOutcome {
	}

	/** How the scan's script ends when a finding stops the image. */
	int FINDINGS = 20;

	/** How it ends when the operating system gets no more updates. */
	int END_OF_LIFE = 21;

	/**
	 * Reads the scan.
	 * @param nodes the Workflow's nodes
	 * @return what became of it
	 */
	static ScanOutcome of(RunNodes nodes) {
		StepNode scan = nodes.get(Step.SCAN);
		ScanVerdict judged = (scan != null) ? judged(scan) : null;
		if (scan == null || judged == null) {
			return new Open();
		}
		try {
			ScanVerdict reported = StepOutputs.verdict(scan);
			if (reported != judged) {
				return unknown("its exit code says %s and its output says %s".formatted(judged.wireName(),
						reported.wireName()));
			}
			ScanSummary summary = StepOutputs.summary(scan, reported);
			return (judged == ScanVerdict.PASSED) ? passed(scan, nodes.get(Step.BUILD), summary) : new Stopped(summary);
		}
		catch (OutputRefused ex) {
			return unknown(ex.problem());
		}
	}

	/** What the exit code says; null while it says nothing of the image. */
	private static @Nullable ScanVerdict judged(StepNode scan) {
		return switch (scan.phase()) {
			case SUCCEEDED -> ScanVerdict.PASSED;
			case FAILED -> scan.exit()
				.filter((exit) -> exit.container().equals("main"))
				.map(ContainerExit::code)
				.map((code) -> (code == FINDINGS) ? ScanVerdict.REJECTED
						: (code == END_OF_LIFE) ? ScanVerdict.END_OF_LIFE : null)
				.orElse(null);
			case PENDING, RUNNING, SKIPPED, ERROR, OMITTED, UNKNOWN -> null;
		};
	}

	private static ScanOutcome passed(StepNode scan, @Nullable StepNode build, ScanSummary summary)
			throws OutputRefused {
		Digest scanned = StepOutputs.digest(scan).orElseThrow(() -> new OutputRefused("digest", "is missing"));
		Optional<Digest> built = (build != null) ? StepOutputs.digest(build) : Optional.empty();
		if (built.isEmpty() || built.get().equals(scanned)) {
			return new Passed(new ScannedImage(scanned, summary));
		}
		return new Contradictory("image-changed",
				"The build reported %s and the scan looked at %s, so the image changed between the two. Rerun the build; if it happens again, look in its Dockerfile for what goes on after its RUN has ended."
					.formatted(built.get(), scanned));
	}

	private static ScanOutcome unknown(String why) {
		return new Contradictory("scanner-error",
				"The scan ended, and what it reports cannot be relied on: %s. Nothing is known of the image, so it does not count as scanned. Compare the installed trivy-scan-v1 with this version's (kubectl apply -k workflow-templates/), then rerun the build."
					.formatted(why));
	}

}
