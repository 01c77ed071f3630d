package dev.imagefactory.registry.oci;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.LocalImage;
import dev.imagefactory.registry.content.OciConfig;
import dev.imagefactory.registry.content.OciDescriptor;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.registry.content.WrongContent;
import dev.imagefactory.source.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * A registry behind the OCI distribution API. It has no conditional writes: a tag that is
 * written once is looked at before and after it is written, and our own database keeps
 * two builds from writing one at the same time.
 */
final class OciRegistry implements Registry {

	private static final String MANIFESTS = String.join(", ", OciManifest.MEDIA_TYPE,
			"application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
			"application/vnd.docker.distribution.manifest.list.v2+json");

	private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;[^,]*rel=\"?next\"?");

	private static final int PAGE = 1000;

	private static final int MOST_PAGES = 100;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Endpoint endpoint;

	private final RegistryCalls calls;

	private final BlobUpload blobs;

	OciRegistry(Endpoint endpoint, DockerConfig config, Wire wire) {
		this.endpoint = endpoint;
		this.calls = new RegistryCalls(endpoint, config, wire);
		this.blobs = new BlobUpload(endpoint, this.calls);
	}

	@Override
	public String host() {
		return this.endpoint.host();
	}

	@Override
	public Optional<Digest> digest(ImageName image, String tag) {
		Call call = Call.head("read the tag %s of %s".formatted(tag, image), manifest(image, tag), image)
			.accepting(MANIFESTS);
		Wire.Answer answer = this.calls.make(call);
		return switch (answer.status()) {
			case 200 -> answer.header("Docker-Content-Digest")
				.flatMap(OciRegistry::readDigest)
				.or(() -> document(image, tag).map(Digest::ofBytes));
			case 404 -> Optional.empty();
			default -> throw this.calls.unexpected(call, answer);
		};
	}

	private static Optional<Digest> readDigest(String text) {
		try {
			return Optional.of(Digest.of(text));
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

	@Override
	public boolean holds(ImageName image, Digest digest) {
		return whole(image, digest).isPresent();
	}

	/** An image of ours with everything that belongs to it. */
	private Optional<OciManifest> whole(ImageName image, Digest digest) {
		return ours(image, digest)
			.filter((manifest) -> manifest.content().stream().allMatch((part) -> this.blobs.has(image, part)));
	}

	private Optional<OciManifest> ours(ImageName image, Digest digest) {
		Optional<byte[]> bytes = document(image, digest.toString());
		if (bytes.isEmpty()) {
			return Optional.empty();
		}
		requireDigest(image, digest, bytes.get());
		try {
			return Optional.of(OciManifest.of(bytes.get()));
		}
		catch (WrongContent ex) {
			return Optional.empty();
		}
	}

	@Override
	public Optional<Map<String, String>> labels(ImageName image, Digest digest) {
		return ours(image, digest).flatMap((manifest) -> config(image, manifest.config()));
	}

	private Optional<Map<String, String>> config(ImageName image, OciDescriptor config) {
		Call call = Call.get("read the labels of %s".formatted(image),
				this.endpoint.of(image, "blobs/" + config.digest()), image);
		Wire.Answer answer = this.calls.make(call);
		if (answer.status() == 404) {
			return Optional.empty();
		}
		if (answer.status() != 200) {
			throw this.calls.unexpected(call, answer);
		}
		requireDigest(image, config.digest(), answer.body());
		try {
			return Optional.of(Json.read(answer.body(), OciConfig.class).labels());
		}
		catch (WrongContent ex) {
			return Optional.of(Map.of());
		}
	}

	/** What came must be what was asked for, or the registry is not to be believed. */
	private static void requireDigest(ImageName image, Digest expected, byte[] bytes) {
		if (!Digest.ofBytes(bytes).equals(expected)) {
			throw new RegistryUnavailable("Cannot read %s of %s: the registry sent other content under that digest"
				.formatted(expected, image));
		}
	}

	private Optional<byte[]> document(ImageName image, String reference) {
		Call call = Call.get("read %s of %s".formatted(reference, image), manifest(image, reference), image)
			.accepting(MANIFESTS);
		Wire.Answer answer = this.calls.make(call);
		return switch (answer.status()) {
			case 200 -> Optional.of(answer.body());
			case 404 -> Optional.empty();
			default -> throw this.calls.unexpected(call, answer);
		};
	}

	@Override
	public Map<String, Digest> tags(ImageName image) {
		Map<String, Digest> tags = new LinkedHashMap<>();
		for (String name : names(image)) {
			digest(image, name).ifPresent((digest) -> tags.put(name, digest));
		}
		return tags;
	}

	private List<String> names(ImageName image) {
		List<String> names = new ArrayList<>();
		Optional<URI> page = Optional.of(this.endpoint.of(image, "tags/list?n=" + PAGE));
		for (int pages = 0; page.isPresent() && pages < MOST_PAGES; pages++) {
			Call call = Call.get("list the tags of " + image, page.get(), image);
			Wire.Answer answer = this.calls.make(call);
			if (answer.status() == 404) {
				return names;
			}
			if (answer.status() != 200) {
				throw this.calls.unexpected(call, answer);
			}
			names.addAll(tagNames(call, answer));
			page = answer.header("Link")
				.flatMap(OciRegistry::next)
				.map(call.address()::resolve)
				.filter(this.endpoint::isOwn);
		}
		return names;
	}

	private List<String> tagNames(Call call, Wire.Answer answer) {
		try {
			List<String> tags = Json.read(answer.body(), TagList.class).tags();
			return (tags != null) ? tags : List.of();
		}
		catch (WrongContent ex) {
			throw this.calls.unexpected(call, answer);
		}
	}

	/** RFC 8288, as the distribution-spec uses it for pages. */
	private static Optional<String> next(String link) {
		Matcher next = NEXT.matcher(link);
		return next.find() ? Optional.of(next.group(1)) : Optional.empty();
	}

	@Override
	public void push(Path layout, Digest digest, ImageName image, List<ImageTag> tags) {
		LocalImage local = LocalImage.in(layout, digest);
		byte[] manifest = local.document();
		requireFree(image, digest, tags);
		local.content().forEach((part) -> this.blobs.send(local, image, part));
		put(image, digest.toString(), manifest);
		point(image, digest, manifest, tags);
	}

	@Override
	public void tag(ImageName image, Digest digest, List<ImageTag> tags) {
		if (!holds(image, digest)) {
			throw new InvalidImage("Cannot tag %s as %s of %s: the registry does not hold it whole; build it again"
				.formatted(digest, tags, image));
		}
		byte[] manifest = document(image, digest.toString())
			.orElseThrow(() -> new RegistryUnavailable("Cannot tag %s of %s: it went away".formatted(digest, image)));
		requireFree(image, digest, tags);
		point(image, digest, manifest, tags);
	}

	/** Tags that are written once come first: when one is taken, no other was moved. */
	private void point(ImageName image, Digest digest, byte[] manifest, List<ImageTag> tags) {
		List<ImageTag> once = tags.stream().filter((tag) -> tag.tagClass().isWrittenOnce()).toList();
		once.forEach((tag) -> putUnlessThere(image, tag, digest, manifest));
		requireFree(image, digest, once);
		tags.stream()
			.filter((tag) -> !tag.tagClass().isWrittenOnce())
			.forEach((tag) -> putUnlessThere(image, tag, digest, manifest));
	}

	private void putUnlessThere(ImageName image, ImageTag tag, Digest digest, byte[] manifest) {
		if (!digest(image, tag.name()).equals(Optional.of(digest))) {
			put(image, tag.name(), manifest);
		}
	}

	private void put(ImageName image, String reference, byte[] manifest) {
		Call call = Call.put("store %s of %s".formatted(reference, image), manifest(image, reference), image,
				OciManifest.MEDIA_TYPE, BodyPublishers.ofByteArray(manifest), PATIENCE);
		Wire.Answer answer = this.calls.make(call);
		if (answer.status() != 201) {
			throw this.calls.unexpected(call, answer);
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

	private URI manifest(ImageName image, String reference) {
		return this.endpoint.of(image, "manifests/" + reference);
	}

	/**
	 * One page of tags.
	 *
	 * @param tags their names; null when there are none
	 */
	@JsonIgnoreProperties(ignoreUnknown = true)
	private record TagList(@Nullable List<String> tags) {
	}

}
