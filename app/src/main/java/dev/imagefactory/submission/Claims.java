package dev.imagefactory.submission;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.IllegalTransition;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Transition;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.publication.Publication;
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

	private final FloatingTags floating;

	private final Runs runs;

	private final TransactionOperations transactions;

	private final Clock clock;

	Claims(Builds builds, Tags tags, Publication publication, FloatingTags floating, Runs runs,
			TransactionOperations transactions, Clock clock) {
		this.builds = builds;
		this.tags = tags;
		this.publication = publication;
		this.floating = floating;
		this.runs = runs;
		this.transactions = transactions;
		this.clock = clock;
	}

	/**
	 * Claims a build.
	 * @param build a queued build as it was read
	 * @param engine the engine that will run it
	 * @return its run; empty when the build stays queued or has ended instead
	 */
	Optional<Run> claim(Build build, String engine) {
		try {
			Optional<ImageTag> release = build.tags().stream().filter(Claims::isRelease).findFirst();
			return release.isPresent() ? claimRelease(build, release.get(), engine) : take(build, engine);
		}
		catch (GitUnavailable ex) {
			logger.warn("{} waits, because its repository did not answer: {}", build.id(), ex.getMessage());
			return wait(build, "repository-unreachable");
		}
		catch (Histories.Unclear ex) {
			logger.info("{} waits a moment: {}", build.id(), ex.getMessage());
			return wait(build, "history-unclear");
		}
		catch (Remotes.NoLongerOnboarded ex) {
			return wait(build, "repository-not-onboarded");
		}
	}

	private Optional<Run> claimRelease(Build build, ImageTag release, String engine) {
		ImageName image = build.order().key().image();
		Optional<Tags.Known> known = this.tags.find(image, release.name());
		if (known.isPresent() && known.get().digest() != null) {
			return rebuild(build, known.get(), engine);
		}
		if (isHeld(build, release)) {
			return wait(build, TAG_BUSY);
		}
		return switch (this.publication.look(image, release, buildsOfOrder(build))) {
			case Publication.TagLook.Free free -> take(build, engine);
			case Publication.TagLook.Own own -> adopt(build, release, own.digest());
			case Publication.TagLook.Foreign foreign -> end(build, new BuildEvent.TagRefused(
					"Tag %s of %s already points at %s, which no build of this order made. Publish under a new tag, or remove the image from the registry and rerun."
						.formatted(release, image, foreign.digest())));
			case Publication.TagLook.Silent silent -> wait(build, "registry-unreachable");
		};
	}

	/** A published release is never moved: a later build of it gets a tag of its own. */
	private Optional<Run> rebuild(Build build, Tags.Known known, String engine) {
		if (!build.order().key().commit().equals(known.commit())) {
			return end(build, new BuildEvent.TagRefused(
					"Tag %s of %s is published from commit %s; this build is of commit %s. Publish the new commit under a new tag."
						.formatted(known.tag(), build.order().key().image(), known.commit(),
								build.order().key().commit())));
		}
		return this.transactions.execute((status) -> {
			int number = this.tags.nextRebuild(build.order().key().image(), known.tag());
			List<ImageTag> wanted = List.of(ImageTag.rebuild(known.tag(), number));
			return takeNow(build, new FloatingTags.Allowed(wanted, Map.of()), engine);
		});
	}

	/**
	 * Asks the database before the repository: a build that cannot go anyway asks nobody.
	 */
	private Optional<Run> take(Build build, String engine) {
		if (build.tags().stream().anyMatch((tag) -> !isFloating(tag) && isHeld(build, tag))) {
			return wait(build, TAG_BUSY);
		}
		FloatingTags.Allowed allowed = this.floating.allowed(build);
		Optional<Run> taken = this.transactions.execute((status) -> takeNow(build, allowed, engine));
		return taken.isPresent() ? taken : wait(build, TAG_BUSY);
	}

	private boolean isHeld(Build build, ImageTag tag) {
		return this.tags.find(build.order().key().image(), tag.name())
			.map(Tags.Known::holder)
			.filter((holder) -> !holder.equals(build.id()))
			.isPresent();
	}

	/** What was decided about floating tags holds only while nobody moved them. */
	private Optional<Run> takeNow(Build build, FloatingTags.Allowed allowed, String engine) {
		if (!this.tags.takeUnchanged(build.order().key().image(), allowed.tags(), build.id(), allowed.versions())) {
			return Optional.empty();
		}
		BuildEvent.Claimed claimed = new BuildEvent.Claimed(allowed.tags(), engine);
		Transition transition = BuildMachine.apply(build, claimed, this.clock.instant())
			.orElseThrow(() -> new IllegalTransition(build, claimed));
		Run run = this.runs.of(transition.build());
		this.builds.storeClaim(transition, run);
		return Optional.of(run);
	}

	/**
	 * An earlier build of the order has pushed already: nothing runs, but the tag is held
	 * and recorded.
	 */
	private Optional<Run> adopt(Build build, ImageTag release, Digest digest) {
		boolean held = this.transactions.execute((status) -> {
			boolean taken = this.tags.take(build.order().key().image(), List.of(release), build.id());
			if (taken) {
				end(build, new BuildEvent.FoundPublished(digest));
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

	private List<BuildId> buildsOfOrder(Build build) {
		return this.builds.ofOrder(build.order().id()).stream().map(Build::id).toList();
	}

	private static boolean isFloating(ImageTag tag) {
		return tag.tagClass() == TagClass.FLOATING;
	}

	private static boolean isRelease(ImageTag tag) {
		return tag.tagClass() == TagClass.RELEASE;
	}

}
