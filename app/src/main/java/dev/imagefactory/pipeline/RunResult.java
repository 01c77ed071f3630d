package dev.imagefactory.pipeline;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.imagefactory.image.Digest;
import org.jspecify.annotations.Nullable;

/** How a run ended, in our own words, whichever engine ran it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({ @JsonSubTypes.Type(value = RunResult.Succeeded.class, name = "succeeded"),
		@JsonSubTypes.Type(value = RunResult.Rejected.class, name = "rejected"),
		@JsonSubTypes.Type(value = RunResult.Failed.class, name = "failed"),
		@JsonSubTypes.Type(value = RunResult.Errored.class, name = "errored"),
		@JsonSubTypes.Type(value = RunResult.TimedOut.class, name = "timed-out"),
		@JsonSubTypes.Type(value = RunResult.Stopped.class, name = "stopped"),
		@JsonSubTypes.Type(value = RunResult.Vanished.class, name = "vanished") })
public sealed interface RunResult {

	/**
	 * Every step ended well and the engine says what it pushed.
	 *
	 * @param digest the pushed image
	 * @param scan its scan
	 */
	record Succeeded(Digest digest, ScanSummary scan) implements RunResult {
	}

	/**
	 * The gate said no.
	 *
	 * @param scan what it found
	 */
	record Rejected(ScanSummary scan) implements RunResult {
	}

	/**
	 * The repository's fault.
	 *
	 * @param reason a word in kebab case that programs can rely on
	 * @param detail a sentence that says what to do
	 */
	record Failed(String reason, String detail) implements RunResult {
	}

	/**
	 * Our own or the platform's fault.
	 *
	 * @param reason a word in kebab case that programs can rely on
	 * @param detail a sentence that says what to do
	 */
	record Errored(String reason, String detail) implements RunResult {
	}

	/**
	 * It took longer than it may.
	 *
	 * @param detail which limit was passed, and where
	 */
	record TimedOut(String detail) implements RunResult {
	}

	/**
	 * It was stopped because somebody asked.
	 *
	 * @param detail where it was when it stopped
	 */
	record Stopped(@Nullable String detail) implements RunResult {
	}

	/**
	 * The engine knows nothing of it any more.
	 *
	 * @param detail how that was found out
	 */
	record Vanished(String detail) implements RunResult {
	}

}
