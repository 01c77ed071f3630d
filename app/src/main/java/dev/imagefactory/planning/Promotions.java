package dev.imagefactory.planning;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.SemVer;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.source.GitRef;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the image of a pre-release gains when it becomes a release. Nothing is
 * built: the image that was published gets the floating tags that only full releases
 * have.
 */
class Promotions {

	private final Orderer orderer;

	private final Builds builds;

	private final Tags tags;

	/**
	 * Creates what decides.
	 * @param orderer knows the orders of releases
	 * @param builds the stored builds
	 * @param tags what tags are known to point at
	 */
	Promotions(Orderer orderer, Builds builds, Tags tags) {
		this.orderer = orderer;
		this.builds = builds;
		this.tags = tags;
	}

	/**
	 * Plans a promotion.
	 * @param wish the release with its commit, as if it were to be built now
	 * @param gains the floating tags of a full release
	 * @return the re-tag, or why there is none, or why it has to wait
	 * @throws PlanningFailure {@code tag-moved} when the release was published from
	 * another commit
	 */
	Planned plan(Wish wish, List<ImageTag> gains) {
		Optional<BuildOrder> before = this.orderer.promoted(wish);
		if (before.isPresent()) {
			BuildRecipe recipe = before.get().recipe();
			return new Planned.Order(wish.promoting(Objects.requireNonNull(recipe.digest()), recipe.tags()));
		}
		GitRef tag = wish.tag();
		ImageName image = wish.repository().defaultImage();
		Optional<BuildOrder> order = this.orderer.announced(wish.repository(), wish.id(), tag, wish.commit());
		if (order.filter((found) -> isMovedBy(found, gains)).isPresent()) {
			return new Planned.Nothing("The release's own build moves its floating tags.");
		}
		Optional<Tags.Known> release = this.tags.find(image, RefRules.releaseTag(tag).name());
		Digest published = release.map(Tags.Known::digest).orElse(null);
		return (published != null) ? gain(wish, gains, release.get(), published)
				: unpublished(order, release.map(Tags.Known::holder).orElse(null));
	}

	/** A build that succeeded shows the tags that it has really moved. */
	private boolean isMovedBy(BuildOrder order, List<ImageTag> gains) {
		return order.recipe().tags().containsAll(gains) && this.builds.ofOrder(order.id())
			.stream()
			.anyMatch((build) -> build.isOpen()
					|| build.state() instanceof BuildState.Succeeded && build.tags().containsAll(gains));
	}

	private Planned gain(Wish wish, List<ImageTag> gains, Tags.Known release, Digest published) {
		if (!wish.commit().equals(release.commit())) {
			throw new PlanningFailure("tag-moved",
					"The tag %s named another commit when its image was published; now it names %s. Publish the new commit under a new tag."
						.formatted(release.tag(), wish.commit()));
		}
		ImageName image = wish.repository().defaultImage();
		List<ImageTag> gained = gains.stream()
			.filter((tag) -> mayGain(this.tags.find(image, tag.name()), wish.tag(), published))
			.toList();
		return gained.isEmpty()
				? new Planned.Nothing("The tags that the image could gain point at it, or at a newer release, already.")
				: new Planned.Order(wish.promoting(published, gained));
	}

	/**
	 * Only what is plain from the versions: what needs the repository's history is
	 * decided when the tag is taken.
	 */
	static boolean mayGain(Optional<Tags.Known> present, GitRef tag, Digest published) {
		if (present.isEmpty() || present.get().digest() == null) {
			return true;
		}
		GitRef ref = present.get().ref();
		Optional<SemVer> before = (ref != null) ? SemVer.parse(ref.shortName()) : Optional.empty();
		Optional<SemVer> version = SemVer.parse(tag.shortName());
		boolean newer = before.isPresent() && version.isPresent() && before.get().compareTo(version.get()) >= 0;
		return !newer && !published.equals(present.get().digest());
	}

	/**
	 * The order of a re-tag needs a digest, so it waits for a build that may still make
	 * one.
	 */
	private Planned unpublished(Optional<BuildOrder> order, @Nullable BuildId holder) {
		Optional<Build> last = order.map((found) -> this.builds.ofOrder(found.id()).getLast());
		if (holder != null || last.filter(Build::isOpen).isPresent()) {
			BuildId waitsFor = (holder != null) ? holder : last.orElseThrow().id();
			return new Planned.Later("Build %s is still making the image that gains the tags.".formatted(waitsFor));
		}
		return new Planned.Nothing(last.map((
				build) -> "The pre-release has no image, because build %s ended %s. Rerun it, then redeliver this event."
					.formatted(build.id(), build.state().name()))
			.orElse("No image of this release is published, and none is being built; its own event is what builds it."));
	}

}
