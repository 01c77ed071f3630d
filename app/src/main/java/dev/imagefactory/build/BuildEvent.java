package dev.imagefactory.build;

import java.util.List;
import java.util.stream.Collectors;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to a build: decisions of ours, and facts about its run and its image.
 */
public sealed interface BuildEvent {

	/**
	 * Its turn has come: it holds its tags and its run is stored.
	 *
	 * @param tags the tags that it will push
	 * @param engine the engine that will run it
	 * @param without in a sentence, which tags it goes without because nobody could say
	 * whether it may have them; null when there are none
	 */
	record Claimed(List<ImageTag> tags, String engine, @Nullable String without) implements BuildEvent {

		public Claimed {
			tags = List.copyOf(tags);
		}

		/**
		 * The claim of a build about whose tags everything was found out.
		 * @param tags the tags that it will push
		 * @param engine the engine that will run it
		 */
		public Claimed(List<ImageTag> tags, String engine) {
			this(tags, engine, null);
		}

	}

	/**
	 * An earlier build of the same order has pushed its image already: seen before the
	 * claim, or when the registry is asked after the run.
	 *
	 * @param image that image, as that build scanned it
	 */
	record FoundPublished(ScannedImage image) implements BuildEvent {
	}

	/**
	 * There is nothing left to do for it: what it was to move points at something newer,
	 * or nobody could say whether it may be moved.
	 *
	 * @param detail why, in a sentence
	 */
	record NothingLeft(String detail) implements BuildEvent {
	}

	/**
	 * Its release tag belongs to another image.
	 *
	 * @param detail which one, and what to do
	 */
	record TagRefused(String detail) implements BuildEvent {
	}

	/**
	 * A newer build of the same image is queued.
	 *
	 * @param by that build
	 */
	record SupersededBy(BuildId by) implements BuildEvent {
	}

	/**
	 * Somebody asks to end it.
	 *
	 * @param by who
	 */
	record CancelAsked(String by) implements BuildEvent {
	}

	/**
	 * The engine will never take its run; says nothing once the engine was seen to have
	 * it.
	 *
	 * @param result how it therefore ends
	 * @param earlier whether an earlier attempt may have published the release
	 */
	record RunRefused(RunResult result, boolean earlier) implements BuildEvent {
	}

	/**
	 * The engine takes no runs where this one goes, until somebody changes something
	 * there.
	 *
	 * @param putOff why, and where
	 */
	record RunPutOff(BuildState.PutOff putOff) implements BuildEvent {
	}

	/**
	 * The engine is about to be asked for a run once more that it had refused. Whatever
	 * becomes of that: from now on it may have the run.
	 */
	record RunTried() implements BuildEvent {
	}

	/** The engine has taken the run, which may have been put off before. */
	record RunTaken() implements BuildEvent {
	}

	/**
	 * The engine has the run, and it waits.
	 *
	 * @param reason a word in kebab case
	 * @param detail a sentence
	 */
	record RunWaits(String reason, String detail) implements BuildEvent {
	}

	/**
	 * A step of the run is at work.
	 *
	 * @param step the step
	 */
	record RunWorks(Step step) implements BuildEvent {
	}

	/**
	 * The run is over.
	 *
	 * @param result how it ended
	 * @param digest what it pushed or was about to push; null when no push had begun
	 * @param earlier whether an earlier attempt may have published the release, so that
	 * the registry is asked before an error of ours is stored
	 */
	record RunEnded(RunResult result, @Nullable Digest digest, boolean earlier) implements BuildEvent {

		/**
		 * The end of a run whose order has published nothing.
		 * @param result how it ended
		 * @param digest what it pushed or was about to push; null when no push had begun
		 */
		public RunEnded(RunResult result, @Nullable Digest digest) {
			this(result, digest, false);
		}

	}

	/** The engine does not know the run; said once, it may be an answer gone wrong. */
	record RunMissed() implements BuildEvent {
	}

	/**
	 * The registry holds an image under the build's tags. Only the one that the build
	 * pushed or adopts makes it succeed; another one says that its own is missing.
	 *
	 * @param digest the image
	 * @param scan its scan as the run reported it, when it did
	 * @param left what it succeeds without; null when it has all its tags
	 */
	record DigestConfirmed(Digest digest, @Nullable ScanSummary scan, @Nullable TagsLeft left) implements BuildEvent {

		/**
		 * The confirmation of an image under all tags of its build.
		 * @param digest the image
		 * @param scan its scan as the run reported it, when it did
		 */
		public DigestConfirmed(Digest digest, @Nullable ScanSummary scan) {
			this(digest, scan, null);
		}

	}

	/**
	 * Tags of a build that do not point at its image, though it may have them.
	 *
	 * @param tags the tags
	 * @param why why they do not, in a sentence
	 */
	record TagsLeft(List<ImageTag> tags, String why) {

		public TagsLeft {
			tags = List.copyOf(tags);
		}

		String sentence() {
			return "Goes without %s: %s"
				.formatted(this.tags.stream().map(ImageTag::name).collect(Collectors.joining(", ")), this.why);
		}

	}

	/** The registry says that it has no such image under these tags. */
	record DigestMissing() implements BuildEvent {
	}

	/**
	 * The registry did not answer.
	 *
	 * @param detail why
	 */
	record RegistrySilent(String detail) implements BuildEvent {
	}

}
