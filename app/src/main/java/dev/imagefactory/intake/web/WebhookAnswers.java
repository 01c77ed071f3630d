package dev.imagefactory.intake.web;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.imagefactory.intake.Answer;
import dev.imagefactory.source.DeliveryId;
import jakarta.servlet.http.HttpServletResponse;

/** Writes answers and problems as JSON. */
final class WebhookAnswers {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final String RETRY_AFTER_SECONDS = "5";

	private final String deliveries;

	/**
	 * Creates the writer.
	 * @param baseUrl under which people reach the service
	 */
	WebhookAnswers(String baseUrl) {
		this.deliveries = (baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl)
				+ "/api/v1/deliveries/";
	}

	/**
	 * Writes what became of a delivery.
	 * @param response not written to yet
	 * @param answer the answer
	 * @throws IOException when the sender is gone
	 */
	void write(HttpServletResponse response, Answer answer) throws IOException {
		switch (answer) {
			case Answer.Accepted(DeliveryId id) -> write(response, 202, fields(id, "accepted"));
			case Answer.Duplicate(DeliveryId id) -> write(response, 200, fields(id, "duplicate"));
			case Answer.Pong() -> write(response, 200, Map.of("outcome", "pong"));
			case Answer.Ignored(DeliveryId id, String reason, String detail) -> {
				Map<String, Object> fields = fields(id, "ignored");
				fields.put("reason", reason);
				fields.put("detail", detail);
				write(response, 200, fields);
			}
		}
	}

	private Map<String, Object> fields(DeliveryId id, String outcome) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("delivery", id.value());
		fields.put("outcome", outcome);
		fields.put("url", this.deliveries + id.value());
		return fields;
	}

	private static void write(HttpServletResponse response, int status, Map<String, Object> fields) throws IOException {
		send(response, status, "application/json", fields);
	}

	/**
	 * Writes a problem (RFC 9457).
	 * @param response not written to yet
	 * @param problem what kind it is
	 * @param detail what is wrong and what to do
	 * @throws IOException when the sender is gone
	 */
	void write(HttpServletResponse response, Problem problem, String detail) throws IOException {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("type", "/problems/" + problem.slug());
		fields.put("title", problem.title());
		fields.put("status", problem.status());
		fields.put("detail", detail);
		if (problem.isTemporary()) {
			response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
		}
		send(response, problem.status(), "application/problem+json", fields);
	}

	private static void send(HttpServletResponse response, int status, String type, Map<String, Object> fields)
			throws IOException {
		byte[] json = MAPPER.writeValueAsBytes(fields);
		response.setStatus(status);
		response.setContentType(type);
		response.setContentLength(json.length);
		response.getOutputStream().write(json);
	}

}
