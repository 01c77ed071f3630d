package dev.imagefactory.publication;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.ImageLabels;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;
import org.jspecify.annotations.Nullable;

/** Asks the registry for the truth about a build's image. */
public class Publication {

	private final Registry registry;

	/**
	 * Creates the check.
	 * @param registry the registry to ask
	 */
	public Publication(Registry registry) {
		this.registry = registry;
	}

	/**
	 * Whether the registry holds a build's image, whole, under every tag that does not
	 * float; of an adopted image only under those that are written once, because later
	 * builds of its commit may have moved the others.
	 * @param build the build, with the tags that it holds
	 * @param digest the image; null when only the registry can tell
	 * @return what the registry says
	 */
	public Finding check(Build build, @Nullable Digest digest) {
		ImageName image = build.order().key().image();
		List<ImageTag> lasting = build.tags().stream().filter((tag) -> isExpected(build, tag)).toList();
		try {
			Optional<Digest> expected = Optional.ofNullable(digest)
				.or(() -> imageOf(List.of(build.id()), image, lasting));
			return expected.filter((found) -> isPublished(image, found, lasting))
				.<Finding>map(Finding.Confirmed::new)
				.orElseGet(Finding.Missing::new);
		}
		catch (RegistryUnavailable ex) {
			return new Finding.Silent(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Looks what a tag that is written once points at before it is taken.
	 * @param image the image
	 * @param tag the tag
	 * @param own the builds whose image it may be
	 * @return what the registry says
	 */
	public TagLook look(ImageName image, ImageTag tag, List<BuildId> own) {
		try {
			Optional<Digest> found = this.registry.digest(image, tag.name());
			if (found.isEmpty()) {
				return new TagLook.Free();
			}
			return imageOf(own, image, List.of(tag)).<TagLook>map(TagLook.Own::new)
				.orElseGet(() -> new TagLook.Foreign(found.get()));
		}
		catch (RegistryUnavailable ex) {
			return new TagLook.Silent(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Looks whether an earlier attempt at the same order has published its image under
	 * the build's release tag, now that the build's own image is missing and it would end
	 * through nobody's fault in the repository.
	 * @param build a build in state VERIFYING
	 * @param attempts all attempts at its order
	 * @return that image
	 */
	public Optional<Digest> ofEarlierAttempt(Build build, List<Build> attempts) {
		if (!(build.state() instanceof BuildState.Verifying verifying) || verifying.adopted()
				|| !mayAdopt(verifying.result())) {
			return Optional.empty();
		}
		List<BuildId> others = attempts.stream().map(Build::id).filter((id) -> !id.equals(build.id())).toList();
		Optional<ImageTag> release = build.tags().stream().filter(Publication::isRelease).findFirst();
		if (others.isEmpty() || release.isEmpty()) {
			return Optional.empty();
		}
		TagLook look = look(build.order().key().image(), release.get(), others);
		return (look instanceof TagLook.Own own) ? Optional.of(own.digest()) : Optional.empty();
	}

	/** Only what would end ERRORED or LOST. */
	private static boolean mayAdopt(RunResult result) {
		return switch (result) {
			case RunResult.Succeeded succeeded -> true;
			case RunResult.Errored errored -> true;
			case RunResult.Vanished vanished -> true;
			case RunResult.Failed failed -> false;
			case RunResult.Rejected rejected -> false;
			case RunResult.TimedOut timedOut -> false;
			case RunResult.Stopped stopped -> false;
		};
	}

	private static boolean isRelease(ImageTag tag) {
		return tag.tagClass() == TagClass.RELEASE;
	}

	private boolean isPublished(ImageName image, Digest digest, List<ImageTag> tags) {
		return this.registry.holds(image, digest)
				&& tags.stream().allMatch((tag) -> this.registry.digest(image, tag.name()).equals(Optional.of(digest)));
	}

	/** The image under a tag, when its label says that one of the builds made it. */
	private Optional<Digest> imageOf(List<BuildId> builds, ImageName image, List<ImageTag> tags) {
		return tags.stream()
			.findFirst()
			.flatMap((tag) -> this.registry.digest(image, tag.name()))
			.filter((digest) -> this.registry.labels(image, digest)
				.map((labels) -> names(builds, labels))
				.orElse(false));
	}

	private static boolean names(List<BuildId> builds, Map<String, String> labels) {
		return builds.stream().anyMatch((build) -> build.value().equals(labels.get(ImageLabels.BUILD)));
	}

	private static boolean isExpected(Build build, ImageTag tag) {
		boolean adopted = build.state() instanceof BuildState.Verifying verifying && verifying.adopted();
		return adopted ? tag.tagClass().isWrittenOnce() : tag.tagClass() != TagClass.FLOATING;
	}

	/** What the registry says of a build's image. */
	public sealed interface Finding {

		/**
		 * It holds the image under the build's tags.
		 *
		 * @param digest the image
		 */
		record Confirmed(Digest digest) implements Finding {
		}

		/** It does not. */
		record Missing() implements Finding {
		}

		/**
		 * It did not answer.
		 *
		 * @param detail why
		 */
		record Silent(String detail) implements Finding {
		}

	}

	/** What the registry says of a tag that is to be written once. */
	public sealed interface TagLook {

		/** Nothing is under it. */
		record Free() implements TagLook {
		}

		/**
		 * An image of the asking builds is under it.
		 *
		 * @param digest the image
		 */
		record Own(Digest digest) implements TagLook {
		}

		/**
		 * Somebody else's image is under it.
		 *
		 * @param digest the image
		 */
		record Foreign(Digest digest) implements TagLook {
		}

		/**
		 * The registry did not answer.
		 *
		 * @param detail why
		 */
		record Silent(String detail) implements TagLook {
		}

	}

}
