package dev.imagefactory.registry.oci;

import java.net.URI;
import java.time.Duration;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.LocalImage;
import dev.imagefactory.registry.content.OciDescriptor;

/**
 * Uploads content that the registry lacks (OCI distribution-spec, "POST then PUT"). Both
 * sides compare the digest with the bytes: we on the way out, the registry when they
 * came.
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
	 * Whether the registry has some content, in its full size.
	 * @param image whose it is
	 * @param content the content
	 * @return false when it says that it does not
	 */
	boolean has(ImageName image, OciDescriptor content) {
		Call call = Call.head("look for %s of %s".formatted(content.digest(), image),
				this.endpoint.of(image, "blobs/" + content.digest()), image);
		Wire.Answer answer = this.calls.make(call);
		return switch (answer.status()) {
			case 200 -> answer.header("Content-Length").map(String.valueOf(content.size())::equals).orElse(true);
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
		String attempt = "upload %s of %s".formatted(content.digest(), image);
		URI target = begin(attempt, image);
		String separator = (target.getRawQuery() != null) ? "&" : "?";
		LocalContent file = new LocalContent(local.blobs().file(content.digest()), content);
		Call put = Call.put(attempt, URI.create(target + separator + "digest=" + content.digest()), image,
				"application/octet-stream", file.publisher(), patience(content.size()));
		Wire.Answer answer = file.requireRight(attempt, () -> this.calls.make(put));
		if (answer.status() != 201) {
			throw this.calls.unexpected(put, answer);
		}
	}

	private URI begin(String attempt, ImageName image) {
		Call post = Call.post(attempt, this.endpoint.of(image, "blobs/uploads/"), image);
		Wire.Answer answer = this.calls.make(post);
		if (this.calls.isAbsence(answer)) {
			throw new RegistryUnavailable(
					"Cannot %s: the registry has no place for %s and makes none by itself; create it there"
						.formatted(attempt, image));
		}
		if (answer.status() != 202) {
			throw this.calls.unexpected(post, answer);
		}
		URI target = answer.header("Location")
			.map((location) -> this.calls.resolve(post, location))
			.orElseThrow(() -> this.calls.unexpected(post, answer));
		if (!this.endpoint.isOwn(target)) {
			throw new RegistryUnavailable("Cannot %s: the registry wants the content sent to %s://%s, %s"
				.formatted(attempt, target.getScheme(), target.getAuthority(), RegistryCalls.FOREIGN));
		}
		return target;
	}

	private static Duration patience(long bytes) {
		return LEAST_PATIENCE.plusSeconds(bytes / LEAST_BYTES_A_SECOND);
	}

}
