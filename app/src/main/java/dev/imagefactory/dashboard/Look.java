package dev.imagefactory.dashboard;

import java.util.Locale;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.StateName;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.source.GitRef;
import org.jspecify.annotations.Nullable;

/** How states and refs look on a page. */
final class Look {

	private Look() {
	}

	/** One of four tones: good, bad, busy, still. */
	static String tone(StateName state) {
		return switch (state) {
			case SUCCEEDED -> "good";
			case REJECTED, FAILED, ERRORED, TIMED_OUT, LOST -> "bad";
			case SUBMITTING, WAITING, RUNNING, VERIFYING -> "busy";
			case QUEUED, CANCELLED, SUPERSEDED -> "still";
		};
	}

	/** The state's name as a word. */
	static String word(StateName state) {
		return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	/** Its image with the first of its tags, by which builds of one release differ. */
	static String image(Build build) {
		return build.order().key().image() + build.tags().stream().findFirst().map((tag) -> ":" + tag).orElse("");
	}

	/** Why a build came to no image or has to wait, for a list. */
	static @Nullable String why(Build build) {
		boolean asked = tone(build.state().name()).equals("bad") || build.state() instanceof BuildState.Waiting
				|| build.state() instanceof BuildState.Submitting(var putOff) && putOff != null;
		return asked ? sentence(build) : null;
	}

	/** What a person wants to know first, in a sentence. */
	static String sentence(Build build) {
		String text = words(build);
		return text.endsWith(".") ? text : text + ".";
	}

	private static String words(Build build) {
		String what = image(build);
		if (build.cancel() != null && build.isOpen()) {
			return askedToEnd(build.cancel().by(), build.state());
		}
		return switch (build.state()) {
			case BuildState.Queued queued -> "Waits for its turn.";
			case BuildState.Submitting(var putOff) ->
				(putOff != null) ? "Cannot begin yet: " + putOff.detail() : "Is being handed to the engine.";
			case BuildState.Waiting waiting -> "The engine has it and waits: " + waiting.detail();
			case BuildState.Running running -> "The %s step is at work.".formatted(running.step().wireName());
			case BuildState.Verifying verifying -> (verifying.trouble() != null)
					? "The run is over, but the registry does not answer: " + verifying.trouble()
					: "The run is over; the registry is being asked for the image.";
			case BuildState.Succeeded succeeded ->
				build.image().adopted() ? what + " is in the registry; an earlier build of the same order pushed it."
						: what + " is in the registry.";
			case BuildState.Rejected rejected -> rejected.detail();
			case BuildState.Failed failed -> failed.detail();
			case BuildState.Errored errored -> errored.detail();
			case BuildState.TimedOut timedOut -> "It took too long: " + timedOut.detail();
			case BuildState.Lost lost -> "Nothing knows of it any more: " + lost.detail();
			case BuildState.Cancelled cancelled ->
				(cancelled.detail() != null) ? "Cancelled. " + cancelled.detail() : "Cancelled.";
			case BuildState.Superseded superseded -> superseded.detail();
		};
	}

	private static String askedToEnd(String by, BuildState state) {
		return (state instanceof BuildState.Submitting(var putOff) && putOff != null)
				? "Asked to end by %s; it ends once it is certain that no run of it begins. %s".formatted(by,
						putOff.detail())
				: "Asked to end by %s; waiting until its run has stopped.".formatted(by);
	}

	/** The ref as people say it, or the commit when there is none. */
	static String ref(OrderKey key) {
		GitRef ref = key.ref();
		return (ref != null) ? ref.shortName() : key.commit().sha12();
	}

}
