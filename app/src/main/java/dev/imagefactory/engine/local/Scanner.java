package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.pipeline.ScanSummary;

/** Looks for vulnerabilities in an image and judges them by a team's gate. */
interface Scanner {

	/**
	 * Scans the image of a local OCI layout.
	 * @param layout the layout's folder
	 * @param digest the manifest in it
	 * @param gate what stops the image
	 * @param scratch a folder for the scanner's own files; emptied with the run
	 * @param commands how to run programs
	 * @param log receives lines for the step's log
	 * @return the summary; verdict {@code scanner-error} when the scanner failed and
	 * {@code unscanned} when there is none on this host
	 * @throws InterruptedException when the run is stopped
	 */
	ScanSummary scan(Path layout, Digest digest, GatePolicy gate, Path scratch, Commands commands, Consumer<String> log)
			throws InterruptedException;

}
