package dev.imagefactory.submission;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.IllegalTransition;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Transition;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.publication.Publication;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Takes a queued build's turn: decides its tags, takes them, fixes its run and stores all
 * of it in one transaction.
 */
class Claims {

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
		ImageName image = build.order().key().image();
		Optional<ImageTag> release = build.tags().stream().filter(Claims::isRelease).findFirst();
		if (release.isEmpty()) {
			return take(build, this.floating.allowed(build), engine);
		}
		Optional<Tags.Known> known = this.tags.find(image, release.get().name());
		if (known.isPresent() && known.get().digest() != null) {
			return rebuild(build, known.get(), engine);
		}
		return switch (this.publication.look(image, release.get(), buildsOfOrder(build))) {
			case Publication.TagLook.Free free -> take(build, this.floating.allowed(build), engine);
			case Publication.TagLook.Own own -> adopt(build, release.get(), own.digest());
			case Publication.TagLook.Foreign foreign -> end(build, new BuildEvent.TagRefused(
					"Tag %s of %s already points at %s, which no build of this order made. Publish under a new tag, or remove the image from the registry and rerun."
						.formatted(release.get(), image, foreign.digest())));
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
			return takeNow(build, List.of(ImageTag.rebuild(known.tag(), number)), engine);
		});
	}

	private Optional<Run> take(Build build, List<ImageTag> wanted, String engine) {
		Optional<Run> taken = this.transactions.execute((status) -> {
			Optional<Run> run = takeNow(build, wanted, engine);
			if (run.isEmpty()) {
				status.setRollbackOnly();
			}
			return run;
		});
		return taken.isPresent() ? taken : wait(build, "tag-busy");
	}

	private Optional<Run> takeNow(Build build, List<ImageTag> wanted, String engine) {
		if (!this.tags.take(build.order().key().image(), wanted, build.id())) {
			return Optional.empty();
		}
		BuildEvent.Claimed claimed = new BuildEvent.Claimed(wanted, engine);
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
		this.transactions.executeWithoutResult((status) -> {
			if (this.tags.take(build.order().key().image(), List.of(release), build.id())) {
				end(build, new BuildEvent.FoundPublished(digest));
			}
		});
		return Optional.empty();
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

	private static boolean isRelease(ImageTag tag) {
		return tag.tagClass() == TagClass.RELEASE;
	}

}
