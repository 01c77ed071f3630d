package dev.imagefactory.registry.oci;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.WrongContent;
import dev.imagefactory.source.ShortText;

/**
 * Calls of one registry: signed in when it asks for that, redirected where that is safe,
 * and none before the time to which it put us off.
 */
final class RegistryCalls {

	private static final int MOST_REDIRECTS = 3;

	private static final int LONGEST_REASON = 300;

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

	private final Endpoint endpoint;

	private final Wire wire;

	private final Grants grants;

	/** The monotonic time before which the registry does not want to be asked. */
	private volatile long notBefore = System.nanoTime();

	RegistryCalls(Endpoint endpoint, DockerConfig config, Wire wire) {
		this.endpoint = endpoint;
		this.wire = wire;
		this.grants = new Grants(endpoint, config, wire);
	}

	/**
	 * Makes a call.
	 * @param call the call
	 * @return the answer; one that is no refusal to work with us at all
	 * @throws RegistryUnavailable when it did not answer, refused us or asked us to wait
	 */
	Wire.Answer make(Call call) {
		Wire.Answer answer = followed(call);
		switch (answer.status()) {
			case 401, 403 -> throw new RegistryUnavailable(
					"Cannot %s: the registry answered %d (%s). Give image-factory.registry.credentials-file an account that may pull and push %s"
						.formatted(call.attempt(), answer.status(), reason(answer), call.image()));
			case 429, 502, 503, 504 -> throw putOff(call, answer);
			default -> {
				if (answer.status() >= 500) {
					throw unexpected(call, answer);
				}
			}
		}
		return answer;
	}

	/**
	 * The failure for an answer that nobody expects.
	 * @param call the call
	 * @param answer the answer
	 * @return what to throw
	 */
	RegistryUnavailable unexpected(Call call, Wire.Answer answer) {
		return new RegistryUnavailable("Cannot %s: the registry answered %d (%s); see its log".formatted(call.attempt(),
				answer.status(), reason(answer)));
	}

	private Wire.Answer followed(Call call) {
		Call next = call;
		for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
			Wire.Answer answer = signedIn(next);
			Optional<String> location = answer.header("Location");
			boolean redirected = answer.status() / 100 == 3 && location.isPresent();
			if (!redirected || !call.isReading()) {
				return answer;
			}
			next = next.redirectedTo(safe(next, next.address().resolve(location.get())));
		}
		throw new RegistryUnavailable(
				"Cannot %s: the registry redirects more than %d times".formatted(call.attempt(), MOST_REDIRECTS));
	}

	/**
	 * Content may lie elsewhere, but only behind TLS or at the registry's own address.
	 */
	private URI safe(Call call, URI elsewhere) {
		if (this.endpoint.isOwn(elsewhere) || "https".equalsIgnoreCase(elsewhere.getScheme())) {
			return elsewhere;
		}
		throw new RegistryUnavailable("Cannot %s: the registry redirects to %s://%s, which is not https"
			.formatted(call.attempt(), elsewhere.getScheme(), elsewhere.getAuthority()));
	}

	/** Only the registry itself ever sees what signs us in. */
	private Wire.Answer signedIn(Call call) {
		if (!this.endpoint.isOwn(call.address())) {
			return this.wire.exchange(call.attempt(), request(call), call.patience());
		}
		long wait = this.notBefore - System.nanoTime();
		if (wait > 0) {
			throw new RegistryUnavailable("Cannot %s: the registry asked us to wait; %d s are left"
				.formatted(call.attempt(), Duration.ofNanos(wait).toSeconds() + 1));
		}
		HttpRequest.Builder first = request(call);
		this.grants.of(call.image()).ifPresent((header) -> first.header("Authorization", header));
		Wire.Answer answer = this.wire.exchange(call.attempt(), first, call.patience());
		if (answer.status() != 401) {
			return answer;
		}
		Optional<String> grant = this.grants.earn(call.image(), answer.headers("WWW-Authenticate"));
		return grant.isEmpty() ? answer : this.wire.exchange(call.attempt(),
				request(call).header("Authorization", grant.get()), call.patience());
	}

	private static HttpRequest.Builder request(Call call) {
		HttpRequest.Builder request = HttpRequest.newBuilder(call.address()).method(call.method(), call.body());
		call.headers().forEach(request::header);
		return request;
	}

	private RegistryUnavailable putOff(Call call, Wire.Answer answer) {
		Duration pause = answer.header("Retry-After")
			.filter((text) -> text.matches("[0-9]{1,6}"))
			.map((text) -> Duration.ofSeconds(Long.parseLong(text)))
			.filter((asked) -> asked.compareTo(LONGEST_PAUSE) <= 0)
			.orElse(answer.header("Retry-After").isPresent() ? LONGEST_PAUSE : Duration.ZERO);
		this.notBefore = System.nanoTime() + pause.toNanos();
		return unexpected(call, answer);
	}

	/** The registry's own words (OCI distribution-spec, "Error Codes"), cut short. */
	private static String reason(Wire.Answer answer) {
		try {
			JsonNode error = Json.read(answer.body(), JsonNode.class).path("errors").path(0);
			String words = (error.path("code").asText() + " " + error.path("message").asText()).strip();
			return words.isEmpty() ? "without a reason" : ShortText.of(words, LONGEST_REASON);
		}
		catch (WrongContent ex) {
			return "without a reason";
		}
	}

}
