package dev.imagefactory.publication;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.build.Attempted;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.ImageLabels;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.registry.TagRepair;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.ReleaseTagTaken;
import org.jspecify.annotations.Nullable;

/**
 * Asks the registry for the truth about a build's image. An image is a build's only when
 * its label names the build and its digest is one that the build's run has scanned: a
 * label alone is a text that anybody can copy.
 */
public class Publication {

	private final Registry registry;

	private final Builds builds;

	private final Tags tags;

	/**
	 * Creates the check.
	 * @param registry the registry to ask
	 * @param builds what attempts were about to push
	 * @param tags what tags are known to point at
	 */
	public Publication(Registry registry, Builds builds, Tags tags) {
		this.registry = registry;
		this.builds = builds;
		this.tags = tags;
	}

	/**
	 * Whether the registry holds a build's image, whole, under every tag that does not
	 * float; of an adopted image only under those that are written once, because later
	 * builds of its commit may have moved the others; of a re-tag under every tag that it
	 * gained. Which of the other tags point at the image is part of the answer: a push
	 * may have ended halfway.
	 * @param build the build, with the tags that it holds or held
	 * @param digest the image; null when only the registry can tell
	 * @return what the registry says
	 */
	public Finding check(Build build, @Nullable Digest digest) {
		ImageName image = build.order().key().image();
		List<ImageTag> lasting = build.tags().stream().filter((tag) -> isExpected(build, tag)).toList();
		List<Attempted> own = attempted(build).filter((attempted) -> attempted.build().equals(build.id())).toList();
		try {
			Optional<Digest> expected = Optional.ofNullable(digest)
				.or(() -> imageOf(own, image, lasting).map((found) -> found.image().digest()));
			return expected.filter((found) -> isScanned(build, own, found))
				.filter((found) -> isPublished(image, found, lasting))
				.<Finding>map(
						(found) -> new Finding.Confirmed(found, scanOf(own, found), astray(build, lasting, found)))
				.orElseGet(Finding.Missing::new);
		}
		catch (RegistryUnavailable ex) {
			return new Finding.Silent(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Points tags at a build's image that its run was to point there; idempotent.
	 * @param build a build that holds the tags
	 * @param digest its image
	 * @param tags the tags
	 * @return what came of it
	 * @throws BuildChanged when somebody else changed the build since it was read: then
	 * others may have the tags, and floating ones that were moved too late are put back
	 */
	public Pointing point(Build build, Digest digest, List<ImageTag> tags) {
		ImageName image = build.order().key().image();
		try {
			this.registry.tag(image, digest, tags, () -> requireUnchanged(build));
			return new Pointing.Done();
		}
		catch (RegistryRefused | InvalidImage | ReleaseTagTaken ex) {
			return new Pointing.Refused(String.valueOf(ex.getMessage()));
		}
		catch (BuildChanged ex) {
			putBack(build, digest, tags);
			throw ex;
		}
		// What was written may have arrived although its answer did not.
		catch (RegistryUnavailable ex) {
			putBack(build, digest, tags);
			return new Pointing.Silent(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Puts floating and pinned tags back that point at a build's image although the build
	 * has lost them, to what they are known to point at.
	 * @param build the build
	 * @param digest its image
	 * @param tags the tags that it had
	 * @return false when that is to be asked for again, because somebody did not answer
	 */
	public boolean putBack(Build build, Digest digest, List<ImageTag> tags) {
		ImageName image = build.order().key().image();
		return new TagRepair(this.registry).putBack(image, digest, tags,
				(tag) -> withoutHolder(build.id(), image, tag));
	}

	/**
	 * What a tag has to point at when a build has lost it.
	 * @param build a build that has held the tag
	 * @param image the image
	 * @param tag the tag
	 * @return empty while the build still holds the tag, because then it is pointed there
	 * once more, and when nobody published it
	 */
	public Optional<Digest> withoutHolder(BuildId build, ImageName image, ImageTag tag) {
		return this.tags.find(image, tag.name())
			.filter((known) -> !build.equals(known.holder()))
			.map(Tags.Known::digest);
	}

	private void requireUnchanged(Build build) {
		if (this.builds.find(build.id()).filter((now) -> now.version() == build.version()).isEmpty()) {
			throw new BuildChanged(build.id());
		}
	}

	/**
	 * Whether an image of a build that is over has reached the registry, under whichever
	 * tags; a re-tag's image has always been there, so of that the tags are asked.
	 * @param build the build
	 * @param digest what its run pushed or was about to push
	 * @return what the registry says
	 */
	public Finding arrived(Build build, Digest digest) {
		if (build.order().recipe().kind() == OrderKind.RETAG) {
			return check(build, digest);
		}
		List<Attempted> own = attempted(build).filter((attempted) -> attempted.build().equals(build.id())).toList();
		try {
			return this.registry.holds(build.order().key().image(), digest)
					? new Finding.Confirmed(digest, scanOf(own, digest), List.of()) : new Finding.Missing();
		}
		catch (RegistryUnavailable ex) {
			return new Finding.Silent(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Looks what a release's tag points at before a build takes it.
	 * @param build the build, whose order's attempts may have pushed
	 * @param release the tag
	 * @return what the registry says
	 */
	public TagLook look(Build build, ImageTag release) {
		return look(build, release, attempted(build).toList());
	}

	private TagLook look(Build build, ImageTag release, List<Attempted> own) {
		ImageName image = build.order().key().image();
		try {
			Optional<Digest> found = this.registry.digest(image, release.name());
			if (found.isEmpty()) {
				return new TagLook.Free();
			}
			return imageOf(own, image, List.of(release)).<TagLook>map((attempted) -> new TagLook.Own(attempted.image()))
				.orElseGet(() -> new TagLook.Foreign(found.get()));
		}
		catch (RegistryUnavailable ex) {
			return new TagLook.Silent(String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Whether an earlier attempt at the same order may have published the release, so
	 * that it is worth asking before an error is stored.
	 * @param build a build that holds its tags
	 * @return false when no other attempt came so far as to push
	 */
	public boolean mayHaveEarlier(Build build) {
		return releaseOf(build).isPresent() && others(build).findAny().isPresent();
	}

	/**
	 * Looks whether an earlier attempt at the same order has published its image under
	 * the build's release tag, now that the build's own image is missing and it would end
	 * through nobody's fault in the repository.
	 * @param build a build in state VERIFYING
	 * @return what the registry says; free when there is nothing to look for
	 */
	public TagLook ofEarlierAttempt(Build build) {
		if (!(build.state() instanceof BuildState.Verifying verifying) || verifying.adopted()
				|| !mayAdopt(verifying.result())) {
			return new TagLook.Free();
		}
		List<Attempted> others = others(build).toList();
		Optional<ImageTag> release = releaseOf(build);
		return (others.isEmpty() || release.isEmpty()) ? new TagLook.Free() : look(build, release.get(), others);
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

	private Stream<Attempted> attempted(Build build) {
		return this.builds.scanned(build.order().id()).stream();
	}

	private Stream<Attempted> others(Build build) {
		return attempted(build).filter((attempted) -> !attempted.build().equals(build.id()));
	}

	private static Optional<ImageTag> releaseOf(Build build) {
		return build.tags().stream().filter((tag) -> tag.tagClass() == TagClass.RELEASE).findFirst();
	}

	private boolean isPublished(ImageName image, Digest digest, List<ImageTag> tags) {
		return this.registry.holds(image, digest)
				&& tags.stream().allMatch((tag) -> this.registry.digest(image, tag.name()).equals(Optional.of(digest)));
	}

	private List<ImageTag> astray(Build build, List<ImageTag> known, Digest digest) {
		ImageName image = build.order().key().image();
		return build.tags()
			.stream()
			.filter((tag) -> !known.contains(tag))
			.filter((tag) -> !this.registry.digest(image, tag.name()).equals(Optional.of(digest)))
			.toList();
	}

	/** The image under a tag, when one of the attempts has made and scanned it. */
	private Optional<Attempted> imageOf(List<Attempted> attempts, ImageName image, List<ImageTag> tags) {
		return tags.stream()
			.findFirst()
			.flatMap((tag) -> this.registry.digest(image, tag.name()))
			.flatMap((digest) -> attempts.stream()
				.filter((attempt) -> attempt.image().digest().equals(digest))
				.filter((attempt) -> isLabelled(image, digest, attempt.build()))
				.findFirst());
	}

	private boolean isLabelled(ImageName image, Digest digest, BuildId build) {
		return this.registry.labels(image, digest)
			.filter((labels) -> build.value().equals(labels.get(ImageLabels.BUILD)))
			.isPresent();
	}

	/** A run that has scanned one image and pushed another has published nothing. */
	private static boolean isScanned(Build build, List<Attempted> own, Digest digest) {
		boolean adopted = build.state() instanceof BuildState.Verifying verifying && verifying.adopted();
		return adopted || own.isEmpty() || own.stream().anyMatch((image) -> image.image().digest().equals(digest));
	}

	private static @Nullable ScanSummary scanOf(List<Attempted> own, Digest digest) {
		return own.stream()
			.map(Attempted::image)
			.filter((image) -> image.digest().equals(digest))
			.map(ScannedImage::scan)
			.findFirst()
			.orElse(null);
	}

	private static boolean isExpected(Build build, ImageTag tag) {
		if (build.order().recipe().kind() == OrderKind.RETAG) {
			return true;
		}
		boolean adopted = build.state() instanceof BuildState.Verifying verifying && verifying.adopted();
		return adopted ? tag.tagClass().isWrittenOnce() : tag.tagClass() != TagClass.FLOATING;
	}

	/** What the registry says of a build's image. */
	public sealed interface Finding {

		/**
		 * It holds the image under the build's tags.
		 *
		 * @param digest the image
		 * @param scan its scan, when the build's run reported one
		 * @param astray those of the build's tags that point elsewhere or nowhere
		 */
		record Confirmed(Digest digest, @Nullable ScanSummary scan, List<ImageTag> astray) implements Finding {

			public Confirmed {
				astray = List.copyOf(astray);
			}

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

}
