package dev.imagefactory.planning;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.source.GitRef;

/**
 * Decides what a push asks for whose commit was ordered before: its branch may have been
 * reset to it. A superseded commit is built after all; the image of one that was built
 * gets the branch's floating tag back. Everything is read from what is there now, so a
 * push that is planned again, or comes twice, finds what is done.
 */
class Resets {

	private final Orderer orderer;

	private final Builds builds;

	private final Tags tags;

	private final Git git;

	private final BiConsumer<ImageName, ImageTag> moved;

	/**
	 * Creates what decides.
	 * @param orderer knows the orders of pushes
	 * @param builds the stored builds
	 * @param tags what tags are known to point at
	 * @param git knows the branches' heads
	 * @param moved is told of the floating tag of a branch that may have moved, before
	 * anything is looked at
	 */
	Resets(Orderer orderer, Builds builds, Tags tags, Git git, BiConsumer<ImageName, ImageTag> moved) {
		this.orderer = orderer;
		this.builds = builds;
		this.tags = tags;
		this.git = git;
		this.moved = moved;
	}

	/**
	 * Plans a push. Only where it could change something the repository is asked.
	 * @param wish a push, as if it were to be built now
	 * @return what it comes to
	 * @throws GitUnavailable when the repository did not answer
	 */
	Planned plan(Wish wish) {
		Optional<BuildOrder> before = this.orderer.ordered(wish);
		if (before.isEmpty()) {
			return new Planned.Order(wish);
		}
		Build last = this.orderer.latest(before.get()).orElseThrow();
		if (Orderer.isSuperseded(last)) {
			return ifHead(wish, before.get(), () -> new Planned.Again(wish));
		}
		return floating(wish).filter((tag) -> firstLook(tag, wish, last).mayLeave(wish))
			.map((tag) -> ifHead(wish, before.get(), () -> giveBack(tag, wish, last)))
			.orElseGet(() -> new Planned.Order(wish));
	}

	private static Optional<ImageTag> floating(Wish wish) {
		return wish.tags().stream().filter((tag) -> tag.tagClass() == TagClass.FLOATING).findFirst();
	}

	/**
	 * Whoever asked for the head before the reset has the tag now and is seen, or has to
	 * ask again. The commit's own build, while it is queued, asks at its turn. A tag that
	 * follows another branch is left alone.
	 */
	private Seen firstLook(ImageTag tag, Wish wish, Build last) {
		boolean others = known(wish, tag).map(Tags.Known::ref).filter((ref) -> !ref.equals(wish.ref())).isPresent();
		if (!others && !(last.state() instanceof BuildState.Queued)) {
			this.moved.accept(wish.repository().defaultImage(), tag);
		}
		return look(tag, wish, last);
	}

	/**
	 * Who is queued is read before who holds the tag: whoever takes it meanwhile is seen
	 * in both, and never in neither.
	 */
	private Seen look(ImageTag tag, Wish wish, Build last) {
		Optional<BuildId> queued = this.builds.queuedBeside(last, 1).stream().map(Build::id).findFirst();
		Optional<Tags.Known> known = known(wish, tag);
		return new Seen(this.builds.find(last.id()).orElse(last), queued, known, image(wish).isPresent());
	}

	/**
	 * The head's image gets the tag once nobody else is about to move it, because whoever
	 * comes later would take it away again.
	 */
	private Planned giveBack(ImageTag tag, Wish wish, Build last) {
		Optional<Wish> back = image(wish).map((digest) -> wish.returning(digest, List.of(tag)));
		Optional<Build> made = back.flatMap(this.orderer::ordered).flatMap(this.orderer::latest);
		if (made.filter(Build::isOpen).isPresent()) {
			return new Planned.Order(back.get());
		}
		Seen seen = look(tag, wish, last);
		if (seen.mover().isPresent() || seen.isPublishedElsewhere(wish) && seen.last().isOpen()) {
			return new Planned.Later(
					"Commit %s is the head of %s, and its image gets tag %s if it does not have it once build %s is over."
						.formatted(wish.commit(), wish.ref(), tag, seen.mover().orElse(last.id())));
		}
		if (!seen.isPublishedElsewhere(wish) || back.isEmpty()) {
			return new Planned.Order(wish);
		}
		return made.isPresent() ? new Planned.Again(back.get()) : new Planned.Order(back.get());
	}

	/** What was published last of the commit. */
	private Optional<Digest> image(Wish wish) {
		return wish.tags()
			.stream()
			.filter((tag) -> tag.tagClass() == TagClass.PINNED)
			.findFirst()
			.flatMap((tag) -> known(wish, tag))
			.filter((known) -> wish.commit().equals(known.commit()))
			.map(Tags.Known::digest);
	}

	private Optional<Tags.Known> known(Wish wish, ImageTag tag) {
		ImageName image = wish.repository().defaultImage();
		return this.tags.find(image, tag.name());
	}

	private Planned ifHead(Wish wish, BuildOrder before, Supplier<Planned> then) {
		GitRef branch = Objects.requireNonNull(wish.ref(), "A push has a branch");
		boolean head = this.git.resolve(Wishes.remote(wish.repository()), branch).equals(Optional.of(wish.commit()));
		return head ? then.get() : new Planned.NotHead(wish, before);
	}

	/**
	 * What is there at one moment.
	 *
	 * @param last the last build of the push's commit
	 * @param queued another queued push to the branch
	 * @param known what is known of the branch's floating tag
	 * @param built whether the commit has an image
	 */
	private record Seen(Build last, Optional<BuildId> queued, Optional<Tags.Known> known, boolean built) {

		/**
		 * Whether the branch's floating tag points elsewhere, or may soon. A tag that
		 * follows another branch is none of this push's business.
		 */
		boolean mayLeave(Wish wish) {
			GitRef ref = this.known.map(Tags.Known::ref).orElse(null);
			boolean follows = ref == null || ref.equals(wish.ref());
			return follows && (isPublishedElsewhere(wish) || mover().isPresent());
		}

		/**
		 * Whether the tag points at another commit, and may when the commit's own build
		 * is over. A tag that nobody published never left the commit: it may follow
		 * another branch.
		 */
		boolean isPublishedElsewhere(Wish wish) {
			return !isLeftToOwnBuild()
					&& this.known.filter((tag) -> tag.digest() != null && !wish.commit().equals(tag.commit()))
						.isPresent();
		}

		/**
		 * The first build of a commit decides at its turn, or has the tag already. An
		 * image that is there gets the tag even when a rerun fails.
		 */
		private boolean isLeftToOwnBuild() {
			boolean holds = this.known.map(Tags.Known::holder).filter(this.last.id()::equals).isPresent();
			return !this.built && (holds || this.last.state() instanceof BuildState.Queued);
		}

		/** Who else holds the tag, or is about to take it. */
		Optional<BuildId> mover() {
			return this.known.map(Tags.Known::holder)
				.filter((holder) -> !holder.equals(this.last.id()))
				.or(() -> this.queued);
		}

	}

}
