package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.source.ShortText;
import io.fabric8.kubernetes.api.model.Status;
import org.jspecify.annotations.Nullable;

/**
 * What the Kubernetes API answered.
 *
 * @param code the HTTP status
 * @param body what came with it
 * @param encoding how the body is packed; empty for not at all
 * @param retryAfter how long it asked to be left alone; null when it did not
 */
record ApiAnswer(int code, ApiBody body, String encoding, @Nullable Duration retryAfter) {

	static final int BAD_REQUEST = 400;

	static final int FORBIDDEN = 403;

	static final int NOT_FOUND = 404;

	static final int CONFLICT = 409;

	static final int GONE = 410;

	static final int TOO_MANY = 429;

	private static final int LONGEST_WORDS = 1000;

	private static final int LEAST_ERROR = 400;

	static final int LEAST_FAILURE = 500;

	/** Whether it was carried out. */
	boolean isGood() {
		return this.code >= 200 && this.code < 300;
	}

	/** Whether it is the API server's or a proxy's own failure. */
	boolean isFailure() {
		return this.code >= LEAST_FAILURE;
	}

	/** Whether it is an error that the request is to blame for. */
	boolean isRefusal() {
		return this.code >= LEAST_ERROR && this.code < LEAST_FAILURE;
	}

	/**
	 * Whether the API server itself says that there is no such object. A proxy before it,
	 * or a server without Argo's types, answers 404 with other words.
	 * @param name the object's name
	 */
	boolean deniesObject(String name) {
		Status status = status();
		return this.code == NOT_FOUND && "NotFound".equals(status.getReason()) && status.getDetails() != null
				&& name.equals(status.getDetails().getName());
	}

	/**
	 * What it says, for people.
	 * @return the API's words, or the code when there are none
	 */
	String words() {
		String message = status().getMessage();
		return (message == null || message.isBlank()) ? "HTTP " + this.code : ShortText.of(message, LONGEST_WORDS);
	}

	/**
	 * Opens what came with it.
	 * @return the content, unpacked
	 * @throws IOException when it cannot be unpacked
	 */
	InputStream content() throws IOException {
		return this.body.open(this.encoding);
	}

	/** The object with which Kubernetes explains errors; an empty one for other texts. */
	private Status status() {
		try (InputStream content = content()) {
			JsonNode fields = WorkflowObjects.readAs(content, JsonNode.class);
			boolean isStatus = fields != null && fields.path("kind").asText().equals("Status");
			return isStatus ? WorkflowObjects.as(fields, Status.class) : new Status();
		}
		catch (IOException | IllegalArgumentException ex) {
			return new Status();
		}
	}

}
