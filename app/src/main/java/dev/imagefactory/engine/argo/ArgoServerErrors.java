package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Makes exceptions of all answers that are not good. The server hands on errors of gRPC
 * as JSON, {@code {"code": 5, "message": "..."}}; whatever else answers at its address
 * does not.
 */
final class ArgoServerErrors {

	private static final int MOST_BYTES = 64 * 1024;

	private static final int TOO_MANY = 429;

	private static final int TOO_SLOW = 408;

	private static final ObjectMapper MAPPER = new ObjectMapper();

	private ArgoServerErrors() {
	}

	/** Whether an answer is handled here. */
	static boolean isBad(HttpStatusCode status) {
		return !status.is2xxSuccessful();
	}

	/**
	 * Handles a bad answer.
	 * @param request what was asked
	 * @param response the answer
	 */
	static void handle(HttpRequest request, ClientHttpResponse response) throws IOException {
		int status = response.getStatusCode().value();
		String body = text(response);
		JsonNode error = read(body);
		Integer code = error.path("code").isInt() ? error.get("code").intValue() : null;
		String words = error.path("message").isTextual() ? ArgoText.shown(error.get("message").textValue())
				: saysNothing(status, body) ? body.strip() : "which is no answer of an Argo Server";
		boolean refused = ArgoServerRefusal.speaksOfTheObject(code)
				|| response.getStatusCode().is4xxClientError() && status != TOO_MANY && status != TOO_SLOW;
		if (refused) {
			throw new ArgoServerRefusal(status, code, words);
		}
		throw new ArgoServerSilent(status, "answered %d (%s)".formatted(status, words));
	}

	/**
	 * Where files are concerned, the server's answer is the name of its status and no
	 * more.
	 */
	private static boolean saysNothing(int status, String body) {
		HttpStatus known = HttpStatus.resolve(status);
		return known != null && known.getReasonPhrase().equals(body.strip());
	}

	private static String text(ClientHttpResponse response) throws IOException {
		try (InputStream body = response.getBody()) {
			return new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
		}
	}

	private static JsonNode read(String body) {
		try {
			return orNothing(MAPPER.readTree(body));
		}
		catch (JsonProcessingException ex) {
			return MAPPER.missingNode();
		}
	}

	private static JsonNode orNothing(@Nullable JsonNode read) {
		return (read != null) ? read : MAPPER.missingNode();
	}

}
