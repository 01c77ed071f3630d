package dev.imagefactory.registry.oci;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.source.InvalidValue;

/**
 * Reads and stores manifests. Nothing is believed whose content has another digest than
 * the registry says, and nothing counts as absent because something that is no registry
 * does not know it.
 */
final class Manifests {

	private static final String TYPES = String.join(", ", OciManifest.MEDIA_TYPE,
			"application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
			"application/vnd.docker.distribution.manifest.list.v2+json");

	private static final String DIGEST = "Docker-Content-Digest";

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Endpoint endpoint;

	private final RegistryCalls calls;

	Manifests(Endpoint endpoint, RegistryCalls calls) {
		this.endpoint = endpoint;
		this.calls = calls;
	}

	/**
	 * Asks what a tag points at; the content itself decides when the registry's short
	 * answer is not clear.
	 * @param image the image
	 * @param tag the tag
	 * @return empty when the registry has no such tag
	 * @throws RegistryUnavailable when it did not answer as a registry does
	 */
	Optional<Digest> digest(ImageName image, String tag) {
		Call call = Call.head("read the tag %s of %s".formatted(tag, image), address(image, tag), image)
			.accepting(TYPES);
		Wire.Answer answer = this.calls.make(call);
		if (this.calls.isAbsence(answer)) {
			return Optional.empty();
		}
		Optional<Digest> told = (answer.status() == 200) ? told(answer) : Optional.empty();
		return told.or(() -> read(image, tag).map(Digest::ofBytes));
	}

	/**
	 * Reads a manifest.
	 * @param image the image
	 * @param digest its digest
	 * @return its bytes, which have that digest; empty when the registry does not hold it
	 * @throws RegistryUnavailable when it did not answer as a registry does
	 */
	Optional<byte[]> read(ImageName image, Digest digest) {
		Optional<byte[]> bytes = read(image, digest.toString());
		bytes.ifPresent((content) -> require(digest, content, image));
		return bytes;
	}

	private Optional<byte[]> read(ImageName image, String reference) {
		Call call = Call.get("read %s of %s".formatted(reference, image), address(image, reference), image)
			.accepting(TYPES);
		Wire.Answer answer = this.calls.make(call);
		if (this.calls.isAbsence(answer)) {
			return Optional.empty();
		}
		if (answer.status() != 200) {
			throw this.calls.unexpected(call, answer);
		}
		told(answer).ifPresent((digest) -> require(digest, answer.body(), image));
		return Optional.of(answer.body());
	}

	/**
	 * What came must be what was asked for, or the registry is not to be believed.
	 * @param expected what was asked for
	 * @param bytes what came
	 * @param image whose it is
	 * @throws RegistryUnavailable when it is something else
	 */
	static void require(Digest expected, byte[] bytes, ImageName image) {
		if (!Digest.ofBytes(bytes).equals(expected)) {
			throw new RegistryUnavailable(
					"Cannot read %s of %s: the registry sent other content under that digest; see its log"
						.formatted(expected, image));
		}
	}

	/**
	 * Stores a manifest.
	 * @param image the image
	 * @param reference the manifest's digest, or a tag to point at it
	 * @param manifest its bytes
	 * @throws RegistryUnavailable when the registry did not store just these bytes
	 */
	void store(ImageName image, String reference, byte[] manifest) {
		Call call = Call.put("store %s of %s".formatted(reference, image), address(image, reference), image,
				OciManifest.MEDIA_TYPE, BodyPublishers.ofByteArray(manifest), PATIENCE);
		Wire.Answer answer = this.calls.make(call);
		if (answer.status() != 201) {
			throw this.calls.unexpected(call, answer);
		}
		Digest own = Digest.ofBytes(manifest);
		if (!told(answer).orElse(own).equals(own)) {
			throw new RegistryRefused("Cannot store %s of %s: the registry says that it stored %s, and not %s"
				.formatted(reference, image, told(answer).get(), own));
		}
	}

	/** A digest of another algorithm than ours counts as none. */
	private static Optional<Digest> told(Wire.Answer answer) {
		try {
			return answer.header(DIGEST).map(Digest::of);
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

	private URI address(ImageName image, String reference) {
		return this.endpoint.of(image, "manifests/" + reference);
	}

}
