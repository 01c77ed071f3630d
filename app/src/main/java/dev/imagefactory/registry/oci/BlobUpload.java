package dev.imagefactory.registry.oci;

import java.io.FileNotFoundException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.LocalImage;
import dev.imagefactory.registry.content.OciDescriptor;

/**
 * Uploads content that the registry lacks (OCI distribution-spec, "POST then PUT"). The
 * registry compares the digest with the bytes that came.
 */
final class BlobUpload {

	/** Slower than this is as good as stuck. */
	private static final long LEAST_BYTES_A_SECOND = 256 * 1024;

	private static final Duration LEAST_PATIENCE = Duration.ofSeconds(30);

	private final Endpoint endpoint;

	private final RegistryCalls calls;

	BlobUpload(Endpoint endpoint, RegistryCalls calls) {
		this.endpoint = endpoint;
		this.calls = calls;
	}

	/**
	 * Whether the registry has some content.
	 * @param image whose it is
	 * @param content the content
	 * @return false when it says that it does not
	 */
	boolean has(ImageName image, OciDescriptor content) {
		Call call = Call.head("look for %s of %s".formatted(content.digest(), image),
				this.endpoint.of(image, "blobs/" + content.digest()), image);
		Wire.Answer answer = this.calls.make(call);
		return switch (answer.status()) {
			case 200 -> true;
			case 404 -> false;
			default -> throw this.calls.unexpected(call, answer);
		};
	}

	/**
	 * Uploads some content, unless the registry has it.
	 * @param local where it is
	 * @param image whose it becomes
	 * @param content the content
	 * @throws InvalidImage when it is not what its descriptor says
	 */
	void send(LocalImage local, ImageName image, OciDescriptor content) {
		if (has(image, content)) {
			return;
		}
		Path file = local.blobs().file(content.digest());
		String attempt = "upload %s of %s".formatted(content.digest(), image);
		URI target = begin(attempt, image);
		String separator = (target.getRawQuery() != null) ? "&" : "?";
		try {
			Call put = Call.put(attempt, URI.create(target + separator + "digest=" + content.digest()), image,
					"application/octet-stream", BodyPublishers.ofFile(file), patience(content.size()));
			Wire.Answer answer = this.calls.make(put);
			if (answer.status() == 400) {
				throw new InvalidImage(
						"Cannot %s: the registry says that '%s' is not what its name says; build it again"
							.formatted(attempt, file));
			}
			if (answer.status() != 201) {
				throw this.calls.unexpected(put, answer);
			}
		}
		catch (FileNotFoundException ex) {
			throw new InvalidImage("Cannot %s: '%s' is not there; build it again".formatted(attempt, file), ex);
		}
	}

	private URI begin(String attempt, ImageName image) {
		Call post = Call.post(attempt, this.endpoint.of(image, "blobs/uploads/"), image);
		Wire.Answer answer = this.calls.make(post);
		if (answer.status() != 202) {
			throw this.calls.unexpected(post, answer);
		}
		URI target = answer.header("Location")
			.map((location) -> post.address().resolve(location))
			.orElseThrow(() -> this.calls.unexpected(post, answer));
		if (!this.endpoint.isOwn(target)) {
			throw new RegistryUnavailable(
					"Cannot %s: the registry wants the content sent to %s, which is not its own address; check what it believes its address to be"
						.formatted(attempt, target.getAuthority()));
		}
		return target;
	}

	private static Duration patience(long bytes) {
		return LEAST_PATIENCE.plusSeconds(bytes / LEAST_BYTES_A_SECOND);
	}

}
