package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.LocalImage;
import dev.imagefactory.registry.content.OciConfig;
import dev.imagefactory.registry.content.OciDescriptor;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.registry.content.WrongContent;
import dev.imagefactory.source.InvalidValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One OCI layout per image under {@code <data-dir>/registry/<image>/}. Content is there
 * before anything points at it and an index is replaced as a whole, so that readers need
 * no lock and a crash at any moment leaves every tag where it was or where it should be.
 */
final class LayoutRegistry implements Registry {

	private static final Logger logger = LoggerFactory.getLogger(LayoutRegistry.class);

	/**
	 * Folders of images nest, so a part of a name must not be what a layout consists of.
	 */
	private static final Set<String> RESERVED = Set.of(ImageLayout.BLOBS, ImageLayout.INDEX, ImageLayout.MARKER);

	private final Path root;

	private final ImageLocks locks = new ImageLocks();

	/**
	 * Opens the registry and removes what interrupted pushes left.
	 * @param dataDirectory the service's data directory
	 */
	LayoutRegistry(Path dataDirectory) {
		this.root = dataDirectory.toAbsolutePath().normalize().resolve("registry");
		removeUnfinished();
	}

	@Override
	public String host() {
		return "layout";
	}

	@Override
	public Optional<Digest> digest(ImageName image, String tag) {
		return reading(image, (layout) -> layout.index().digest(tag));
	}

	@Override
	public boolean holds(ImageName image, Digest digest) {
		return reading(image, (layout) -> layout.holds(digest));
	}

	@Override
	public Optional<Map<String, String>> labels(ImageName image, Digest digest) {
		return reading(image, (layout) -> {
			if (!layout.holds(digest)) {
				return Optional.empty();
			}
			OciManifest manifest = OciManifest.of(layout.blobs().document(digest));
			byte[] config = layout.blobs().document(manifest.config().digest());
			return Optional.of(Json.read(config, OciConfig.class).labels());
		});
	}

	@Override
	public Map<String, Digest> tags(ImageName image) {
		return reading(image, (layout) -> layout.index().tags());
	}

	@Override
	public void push(Path layout, Digest digest, ImageName image, List<ImageTag> tags, Runnable stillOurs) {
		ImageLayout target = layout(image);
		LocalImage local = LocalImage.in(layout, digest);
		try {
			DurableFiles.makeFolder(target.folder());
			this.locks.holding(target.lock(), () -> {
				target.removeUnfinished();
				checkWrittenOnce(target.index(), image, digest, tags);
				target.receive(local);
				point(target, local.manifest(), tags, stillOurs);
			});
		}
		catch (WrongContent ex) {
			throw new InvalidImage(
					"Cannot push %s to %s: %s, which is not what the image's manifest names; build it again"
						.formatted(digest, image, ex.getMessage()),
					ex);
		}
		catch (IOException ex) {
			throw unavailable("push %s to %s".formatted(digest, image), target, ex);
		}
	}

	@Override
	public void tag(ImageName image, Digest digest, List<ImageTag> tags, Runnable stillOurs) {
		ImageLayout layout = layout(image);
		if (!holds(image, digest)) {
			throw new InvalidImage("Cannot tag %s as %s of %s: the registry does not hold it whole; build it again"
				.formatted(digest, tags, image));
		}
		try {
			this.locks.holding(layout.lock(), () -> {
				checkWrittenOnce(layout.index(), image, digest, tags);
				point(layout, layout.manifest(digest), tags, stillOurs);
			});
		}
		catch (IOException ex) {
			throw unavailable("tag %s as %s of %s".formatted(digest, tags, image), layout, ex);
		}
	}

	private static void point(ImageLayout layout, OciDescriptor manifest, List<ImageTag> tags, Runnable stillOurs)
			throws IOException {
		stillOurs.run();
		layout.point(manifest, tags.stream().map(ImageTag::name).toList());
		if (tags.stream().anyMatch((tag) -> tag.tagClass() == TagClass.FLOATING)) {
			stillOurs.run();
		}
	}

	private static void checkWrittenOnce(OciIndex index, ImageName image, Digest digest, List<ImageTag> tags) {
		for (ImageTag tag : tags) {
			Digest present = index.digest(tag.name()).orElse(digest);
			if (tag.tagClass().isWrittenOnce() && !present.equals(digest)) {
				throw ReleaseTagTaken.by(present, digest, image, tag);
			}
		}
	}

	private <T> T reading(ImageName image, Reading<T> reading) {
		ImageLayout layout = layout(image);
		try {
			return reading.from(layout);
		}
		catch (IOException ex) {
			throw unavailable("read " + image, layout, ex);
		}
	}

	private static RegistryUnavailable unavailable(String attempt, ImageLayout layout, IOException failure) {
		String what = "Cannot %s in the registry's folder '%s': %s; ".formatted(attempt, layout.folder(),
				reason(failure));
		return (failure instanceof InterruptedIOException) ? new RegistryUnavailable(what + "try again", failure)
				: new RegistryRefused(what + "check the disk and the folder's rights", failure);
	}

	/** Java's file exceptions often carry nothing but the path. */
	private static String reason(IOException failure) {
		String kind = failure.getClass().getSimpleName().replace("Exception", "");
		String message = failure.getMessage();
		if (message == null) {
			return kind;
		}
		return (failure instanceof FileSystemException) ? kind + ", " + message : message;
	}

	private ImageLayout layout(ImageName image) {
		for (String part : image.value().split("/")) {
			if (RESERVED.contains(part)) {
				throw new InvalidValue("name for an image in a layout", image.value(),
						"the parts blobs, index.json and oci-layout are what a layout consists of; give the image another name");
			}
		}
		return new ImageLayout(this.root.resolve(image.value()));
	}

	/** Another process may be pushing; what is locked is left to it. */
	private void removeUnfinished() {
		if (!Files.isDirectory(this.root)) {
			return;
		}
		try (Stream<Path> folders = Files.find(this.root, Integer.MAX_VALUE,
				(path, attributes) -> isUnfinished(path))) {
			for (Path incoming : folders.toList()) {
				ImageLayout layout = new ImageLayout(incoming.getParent());
				this.locks.ifFree(layout.lock(), layout::removeUnfinished);
			}
		}
		catch (IOException | UncheckedIOException ex) {
			logger.warn("Cannot remove what interrupted pushes left in '{}'; it only costs disk", this.root, ex);
		}
	}

	private static boolean isUnfinished(Path path) {
		return path.endsWith(ImageLayout.INCOMING) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Something that is read of one image.
	 *
	 * @param <T> what is read
	 */
	private interface Reading<T> {

		T from(ImageLayout layout) throws IOException;

	}

}
