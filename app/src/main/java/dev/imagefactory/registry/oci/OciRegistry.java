package dev.imagefactory.registry.oci;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.LocalImage;
import dev.imagefactory.registry.content.OciConfig;
import dev.imagefactory.registry.content.OciDescriptor;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.registry.content.WrongContent;

/**
 * A registry behind the OCI distribution API. It has no conditional writes: a tag that is
 * written once is looked at right before and after it is written, and between the look
 * and the write whoever pushes is asked whether the tag is still its own.
 */
final class OciRegistry implements Registry {

	private final Endpoint endpoint;

	private final RegistryCalls calls;

	private final Manifests manifests;

	private final BlobUpload blobs;

	private final TagPages pages;

	OciRegistry(Endpoint endpoint, DockerConfig config, Wire wire) {
		this.endpoint = endpoint;
		this.calls = new RegistryCalls(endpoint, config, wire);
		this.manifests = new Manifests(endpoint, this.calls);
		this.blobs = new BlobUpload(endpoint, this.calls);
		this.pages = new TagPages(endpoint, this.calls);
	}

	@Override
	public String host() {
		return this.endpoint.host();
	}

	@Override
	public Optional<Digest> digest(ImageName image, String tag) {
		return this.manifests.digest(image, tag);
	}

	@Override
	public boolean holds(ImageName image, Digest digest) {
		return whole(image, digest).isPresent();
	}

	/** The manifest of an image of ours of which nothing is missing. */
	private Optional<byte[]> whole(ImageName image, Digest digest) {
		Optional<byte[]> document = this.manifests.read(image, digest);
		return document.filter((bytes) -> ours(bytes).filter((manifest) -> isWhole(image, manifest)).isPresent());
	}

	private boolean isWhole(ImageName image, OciManifest manifest) {
		return manifest.content().stream().allMatch((part) -> this.blobs.has(image, part));
	}

	private static Optional<OciManifest> ours(byte[] document) {
		try {
			return Optional.of(OciManifest.of(document));
		}
		catch (WrongContent ex) {
			return Optional.empty();
		}
	}

	@Override
	public Optional<Map<String, String>> labels(ImageName image, Digest digest) {
		return this.manifests.read(image, digest)
			.flatMap(OciRegistry::ours)
			.flatMap((manifest) -> labels(image, manifest.config()));
	}

	private Optional<Map<String, String>> labels(ImageName image, OciDescriptor config) {
		Call call = Call.get("read the labels of %s".formatted(image),
				this.endpoint.of(image, "blobs/" + config.digest()), image);
		Wire.Answer answer = this.calls.make(call);
		if (answer.status() == 404) {
			return Optional.empty();
		}
		if (answer.status() != 200) {
			throw this.calls.unexpected(call, answer);
		}
		Manifests.require(config.digest(), answer.body(), image);
		try {
			return Optional.of(Json.read(answer.body(), OciConfig.class).labels());
		}
		catch (WrongContent ex) {
			return Optional.of(Map.of());
		}
	}

	@Override
	public Map<String, Digest> tags(ImageName image) {
		Map<String, Digest> tags = new LinkedHashMap<>();
		for (String name : this.pages.names(image)) {
			digest(image, name).ifPresent((digest) -> tags.put(name, digest));
		}
		return tags;
	}

	@Override
	public void push(Path layout, Digest digest, ImageName image, List<ImageTag> tags, Runnable stillOurs) {
		LocalImage local = LocalImage.in(layout, digest);
		byte[] manifest = local.document();
		requireFree(image, digest, tags);
		local.content().forEach((part) -> this.blobs.send(local, image, part));
		this.manifests.store(image, digest.toString(), manifest);
		point(new Source(image, digest, manifest), tags, stillOurs);
	}

	@Override
	public void tag(ImageName image, Digest digest, List<ImageTag> tags, Runnable stillOurs) {
		byte[] manifest = whole(image, digest).orElseThrow(
				() -> new InvalidImage("Cannot tag %s as %s of %s: the registry does not hold it whole; build it again"
					.formatted(digest, tags, image)));
		requireFree(image, digest, tags);
		point(new Source(image, digest, manifest), tags, stillOurs);
	}

	/** Tags that are written once come first: when one is taken, no other was moved. */
	private void point(Source source, List<ImageTag> tags, Runnable stillOurs) {
		List<ImageTag> once = tags.stream().filter((tag) -> tag.tagClass().isWrittenOnce()).toList();
		once.forEach((tag) -> putUnlessThere(source, tag, stillOurs));
		requireFree(source.image(), source.digest(), once);
		tags.stream()
			.filter((tag) -> !tag.tagClass().isWrittenOnce())
			.forEach((tag) -> putUnlessThere(source, tag, stillOurs));
	}

	/**
	 * The upload before may have taken as long as it liked, or this process may have been
	 * frozen in it, so the tag is looked at once more and its holder asked last of all.
	 */
	private void putUnlessThere(Source source, ImageTag tag, Runnable stillOurs) {
		Optional<Digest> present = digest(source.image(), tag.name());
		if (present.equals(Optional.of(source.digest()))) {
			return;
		}
		if (present.isPresent() && tag.tagClass().isWrittenOnce()) {
			throw ReleaseTagTaken.by(present.get(), source.digest(), source.image(), tag);
		}
		stillOurs.run();
		this.manifests.store(source.image(), tag.name(), source.manifest());
		if (tag.tagClass() == TagClass.FLOATING) {
			stillOurs.run();
		}
	}

	private void requireFree(ImageName image, Digest digest, List<ImageTag> tags) {
		for (ImageTag tag : tags) {
			Optional<Digest> present = tag.tagClass().isWrittenOnce() ? digest(image, tag.name()) : Optional.empty();
			if (present.isPresent() && !present.get().equals(digest)) {
				throw ReleaseTagTaken.by(present.get(), digest, image, tag);
			}
		}
	}

	/**
	 * What tags are pointed at.
	 *
	 * @param image the image
	 * @param digest its manifest's digest
	 * @param manifest its manifest
	 */
	private record Source(ImageName image, Digest digest, byte[] manifest) {
	}

}
