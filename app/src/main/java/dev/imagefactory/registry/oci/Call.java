package dev.imagefactory.registry.oci;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

import dev.imagefactory.image.ImageName;

/**
 * One request to a registry.
 *
 * @param attempt what is attempted, for people, such as {@code read the tags of a/b}
 * @param method the HTTP method
 * @param address where to
 * @param image whose rights are needed
 * @param headers headers besides those that every request has
 * @param body what is sent
 * @param patience how long the whole answer may take
 */
record Call(String attempt, String method, URI address, ImageName image, Map<String, String> headers,
		BodyPublisher body, Duration patience) {

	private static final Duration SHORT = Duration.ofSeconds(20);

	static Call get(String attempt, URI address, ImageName image) {
		return new Call(attempt, "GET", address, image, Map.of(), BodyPublishers.noBody(), SHORT);
	}

	static Call head(String attempt, URI address, ImageName image) {
		return new Call(attempt, "HEAD", address, image, Map.of(), BodyPublishers.noBody(), SHORT);
	}

	static Call post(String attempt, URI address, ImageName image) {
		return new Call(attempt, "POST", address, image, Map.of(), BodyPublishers.noBody(), SHORT);
	}

	static Call put(String attempt, URI address, ImageName image, String type, BodyPublisher body, Duration patience) {
		return new Call(attempt, "PUT", address, image, Map.of("Content-Type", type), body, patience);
	}

	Call accepting(String types) {
		return new Call(this.attempt, this.method, this.address, this.image, Map.of("Accept", types), this.body,
				this.patience);
	}

	/** Reading may be redirected and repeated; writing may not. */
	boolean isReading() {
		return this.method.equals("GET") || this.method.equals("HEAD");
	}

	/** Whether it asks for content, which is known by its digest wherever it lies. */
	boolean isOfContent() {
		return isReading() && this.address.getPath().contains("/blobs/sha256:");
	}

	Call redirectedTo(URI elsewhere) {
		return new Call(this.attempt, this.method, elsewhere, this.image, this.headers, this.body, this.patience);
	}

}
