package dev.imagefactory.submission;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.IllegalTransition;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Transition;
import dev.imagefactory.build.Turns;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.publication.Publication;
import dev.imagefactory.publication.TagLook;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Takes a queued build's turn: decides its tags, takes them, fixes its run and stores all
 * of it in one transaction.
 */
class Claims {

	private static final Logger logger = LoggerFactory.getLogger(Claims.class);

	private static final String TAG_BUSY = "tag-busy";

	private final Builds builds;

	private final Tags tags;

	private final Publication publication;

	private final Superseding superseding;

	private final FloatingTags floating;

	private final Runs runs;

	private final TransactionOperations transactions;

	private final Clock clock;

	private final Turns turns;

	Claims(Builds builds, Turns turns, Tags tags, Publication publication, Superseding superseding,
			FloatingTags floating, Runs runs, TransactionOperations transactions, Clock clock) {
		this.builds = builds;
		this.turns = turns;
		this.tags = tags;
		this.publication = publication;
		this.superseding = superseding;
		this.floating = floating;
		this.runs = runs;
		this.transactions = transactions;
		this.clock = clock;
	}

	/**
	 * Claims a build.
	 * @param build a queued build as it was read
	 * @param by who claims it
	 * @return its run; empty when the build stays queued or has ended instead
	 */
	Optional<Run> claim(Build build, Claimant by) {
		try {
			if (this.superseding.endIfPointless(build)) {
				return Optional.empty();
			}
			Map<ImageTag, Tags.Known> before = known(build);
			Optional<ImageTag> release = build.tags().stream().filter(Claims::isRelease).findFirst();
			return release.isPresent() ? claimRelease(build, release.get(), before, by) : take(build, before, by);
		}
		// Why it waits was noted when the question failed.
		catch (GitUnavailable ex) {
			logger.warn("{} waits, because its repository did not answer: {}", build.id(), ex.getMessage());
			return Optional.empty();
		}
		catch (Histories.Unclear ex) {
			logger.info("{} waits a moment: {}", build.id(), ex.getMessage());
			return Optional.empty();
		}
		catch (Remotes.NoLongerOnboarded ex) {
			return wait(build, "repository-not-onboarded");
		}
	}

	/**
	 * Whether an earlier attempt may have published a claimed build's release.
	 * @param build a claimed build
	 * @return true when it is worth asking the registry before an error is stored
	 */
	boolean mayAdopt(Build build) {
		return this.publication.mayHaveEarlier(build);
	}

	private Optional<Run> claimRelease(Build build, ImageTag release, Map<ImageTag, Tags.Known> before, Claimant by) {
		ImageName image = build.order().key().image();
		Tags.Known known = before.get(release);
		if (known != null && known.digest() != null) {
			return rebuild(build, known, by);
		}
		if (isHeld(build, known)) {
			return wait(build, TAG_BUSY);
		}
		return switch (this.publication.look(build, release)) {
			case TagLook.Free free -> take(build, before, by);
			case TagLook.Own own -> adopt(build, release, own.image());
			// Whoever took the tag since it was looked up here may have pushed it just
			// now.
			case TagLook.Foreign foreign when !versions(build, known(build)).equals(versions(build, before)) ->
				wait(build, TAG_BUSY);
			case TagLook.Foreign foreign -> end(build, new BuildEvent.TagRefused(
					"Tag %s of %s already points at %s, which no build of this order is known to have scanned and pushed. Publish under a new tag, or remove the image from the registry and rerun."
						.formatted(release, image, foreign.digest())));
			case TagLook.Silent silent -> wait(build, "registry-unreachable");
		};
	}

	/** A published release is never moved: a later build of it gets a tag of its own. */
	private Optional<Run> rebuild(Build build, Tags.Known known, Claimant by) {
		if (!build.order().key().commit().equals(known.commit())) {
			return end(build, new BuildEvent.TagRefused(
					"Tag %s of %s is published from commit %s; this build is of commit %s. Publish the new commit under a new tag."
						.formatted(known.tag(), build.order().key().image(), known.commit(),
								build.order().key().commit())));
		}
		return this.transactions.execute((status) -> {
			int number = this.tags.nextRebuild(build.order().key().image(), known.tag());
			FloatingTags.Allowed wanted = new FloatingTags.Allowed(List.of(ImageTag.rebuild(known.tag(), number)),
					Map.of(), null);
			Optional<Run> run = takeNow(build, wanted, by);
			if (run.isEmpty()) {
				status.setRollbackOnly();
			}
			return run;
		});
	}

	/**
	 * Asks the database before the repository: a build that cannot go anyway asks nobody.
	 */
	private Optional<Run> take(Build build, Map<ImageTag, Tags.Known> before, Claimant by) {
		if (build.tags().stream().anyMatch((tag) -> !isFloating(tag) && isHeld(build, before.get(tag)))) {
			return wait(build, TAG_BUSY);
		}
		FloatingTags.Allowed allowed = this.floating.allowed(build);
		if (allowed.tags().isEmpty()) {
			return end(build, new BuildEvent.NothingLeft(nothingLeft(allowed)));
		}
		FloatingTags.Allowed asSeen = allowed.and(versions(build, before));
		Optional<Run> taken = this.transactions.execute((status) -> takeNow(build, asSeen, by));
		return taken.isPresent() ? taken : wait(build, TAG_BUSY);
	}

	private static String nothingLeft(FloatingTags.Allowed allowed) {
		return (allowed.without() == null)
				? "Every tag that the image was to gain points at a newer image by now, so there is nothing to do."
				: allowed.without()
						+ " Nothing else was to be done. Rerun the build once the repository shows otherwise; where a commit is gone for good, build another.";
	}

	/** How often the tags that are written once were taken or published so far. */
	private static Map<ImageTag, Integer> versions(Build build, Map<ImageTag, Tags.Known> known) {
		return build.tags()
			.stream()
			.filter((tag) -> tag.tagClass().isWrittenOnce())
			.collect(Collectors.toMap((tag) -> tag,
					(tag) -> Optional.ofNullable(known.get(tag)).map(Tags.Known::version).orElse(0)));
	}

	/** Read once: whatever was decided by it holds only while it is unchanged. */
	private Map<ImageTag, Tags.Known> known(Build build) {
		return this.tags.find(build.order().key().image(), build.tags());
	}

	private static boolean isHeld(Build build, Tags.@Nullable Known known) {
		return known != null && known.holder() != null && !known.holder().equals(build.id());
	}

	/**
	 * What was decided about the tags, above all that the release is not published yet,
	 * holds only while nobody took or moved them. Whoever has lost the turn meanwhile may
	 * have lost the place that the turn kept within the limits, too.
	 */
	private Optional<Run> takeNow(Build build, FloatingTags.Allowed allowed, Claimant by) {
		if (!this.tags.takeUnchanged(build.order().key().image(), allowed.tags(), build.id(), allowed.versions())) {
			return Optional.empty();
		}
		BuildEvent.Claimed claimed = new BuildEvent.Claimed(allowed.tags(), by.engine(), allowed.without());
		Transition transition = BuildMachine.apply(build, claimed, this.clock.instant())
			.orElseThrow(() -> new IllegalTransition(build, claimed));
		Run run = this.runs.of(transition.build());
		if (!this.turns.whileOwn(build.id(), by.process(), this.clock.instant(),
				() -> this.builds.storeClaim(transition, run))) {
			throw new BuildChanged(build.id());
		}
		return Optional.of(run);
	}

	/**
	 * An earlier build of the order has pushed already: nothing runs, but the tag is held
	 * and recorded.
	 */
	private Optional<Run> adopt(Build build, ImageTag release, ScannedImage image) {
		boolean held = this.transactions.execute((status) -> {
			boolean taken = this.tags.take(build.order().key().image(), List.of(release), build.id());
			if (taken) {
				end(build, new BuildEvent.FoundPublished(image));
			}
			return taken;
		});
		return held ? Optional.empty() : wait(build, TAG_BUSY);
	}

	private Optional<Run> end(Build build, BuildEvent event) {
		BuildMachine.apply(build, event, this.clock.instant()).ifPresent(this.builds::store);
		return Optional.empty();
	}

	private Optional<Run> wait(Build build, String reason) {
		this.builds.noteQueueReason(build.id(), reason);
		return Optional.empty();
	}

	private static boolean isFloating(ImageTag tag) {
		return tag.tagClass() == TagClass.FLOATING;
	}

	private static boolean isRelease(ImageTag tag) {
		return tag.tagClass() == TagClass.RELEASE;
	}

	/**
	 * Who claims a build.
	 *
	 * @param engine the engine that will run it
	 * @param process the process that has the build's turn
	 */
	record Claimant(String engine, String process) {
	}

}
