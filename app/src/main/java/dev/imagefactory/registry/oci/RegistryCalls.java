package dev.imagefactory.registry.oci;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.WrongContent;
import dev.imagefactory.source.ShortText;

/**
 * Calls of one registry: signed in when it asks for that, redirected where that is safe,
 * and none before the time to which it put us off.
 */
final class RegistryCalls {

	/** Why an address that the registry gives is not used, and what to do. */
	static final String FOREIGN = "which is not its own address; check what it believes its address to be";

	private static final int MOST_REDIRECTS = 3;

	private static final int LONGEST_REASON = 300;

	private final Endpoint endpoint;

	private final Wire wire;

	private final Grants grants;

	private final Pause pause = new Pause();

	RegistryCalls(Endpoint endpoint, DockerConfig config, Wire wire) {
		this.endpoint = endpoint;
		this.wire = wire;
		this.grants = new Grants(endpoint, config, wire, this.pause);
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
			case 401, 403 -> throw new RegistryRefused(
					"Cannot %s: the registry answered %d (%s). Give image-factory.registry.credentials-file an account that may pull and push %s"
						.formatted(call.attempt(), answer.status(), reason(answer), call.image()));
			case 429, 502, 503, 504 -> {
				this.pause.note(answer);
				throw unexpected(call, answer);
			}
			default -> {
				if (answer.status() >= 500) {
					throw unexpected(call, answer);
				}
			}
		}
		return answer;
	}

	/**
	 * Whether the registry says that it does not have what was asked for. A page of
	 * something before it, which knows no such page, does not count (OCI
	 * distribution-spec, "Error Codes").
	 * @param answer the answer
	 * @return false for any other answer
	 */
	boolean isAbsence(Wire.Answer answer) {
		if (answer.status() != 404) {
			return false;
		}
		return (answer.body().length == 0) ? answer.header("Content-Type").orElse("json").contains("json")
				: errors(answer).isArray();
	}

	/**
	 * The failure for an answer that nobody expects. One that says "not now", or that a
	 * page before the registry gave, is no refusal.
	 * @param call the call
	 * @param answer the answer
	 * @return what to throw
	 */
	RegistryUnavailable unexpected(Call call, Wire.Answer answer) {
		boolean foreign = answer.status() == 404 && !isAbsence(answer);
		String advice = foreign
				? "that is no registry's answer: check image-factory.registry.url and what stands before the registry"
				: "see its log";
		String message = "Cannot %s: the registry answered %d (%s); %s".formatted(call.attempt(), answer.status(),
				reason(answer), advice);
		boolean later = answer.status() >= 500 || answer.status() == 429 || answer.status() == 408;
		return (foreign || later) ? new RegistryUnavailable(message) : new RegistryRefused(message);
	}

	/**
	 * The address that an answer gives.
	 * @param call what was answered
	 * @param text the address, which may be relative
	 * @return the whole address
	 * @throws RegistryUnavailable when it is none
	 */
	URI resolve(Call call, String text) {
		try {
			return call.address().resolve(text);
		}
		catch (IllegalArgumentException ex) {
			throw new RegistryUnavailable(
					"Cannot %s: the registry gives an address that is none; see its log".formatted(call.attempt()), ex);
		}
	}

	private Wire.Answer followed(Call call) {
		Call next = call;
		for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
			Wire.Answer answer = this.endpoint.isOwn(next.address()) ? signedIn(next) : elsewhere(next);
			Optional<String> location = answer.header("Location");
			boolean redirected = answer.status() / 100 == 3 && location.isPresent();
			if (!redirected || !call.isReading()) {
				return answer;
			}
			next = next.redirectedTo(safe(next, resolve(next, location.get())));
		}
		throw new RegistryUnavailable(
				"Cannot %s: the registry redirects more than %d times".formatted(call.attempt(), MOST_REDIRECTS));
	}

	/**
	 * Content may lie elsewhere, behind TLS; it is known by its digest. What a tag points
	 * at is only known to the registry.
	 */
	private URI safe(Call call, URI elsewhere) {
		boolean secure = "https".equalsIgnoreCase(elsewhere.getScheme()) && elsewhere.getHost() != null;
		if (this.endpoint.isOwn(elsewhere) || call.isOfContent() && secure) {
			return elsewhere;
		}
		throw new RegistryUnavailable("Cannot %s: the registry redirects to %s://%s, %s".formatted(call.attempt(),
				elsewhere.getScheme(), elsewhere.getAuthority(), FOREIGN));
	}

	/** Only the registry itself ever sees what signs us in. */
	private Wire.Answer elsewhere(Call call) {
		Wire.Answer answer = this.wire.exchange(call.attempt(), request(call), call.patience());
		int kind = answer.status() / 100;
		if (kind == 2 || kind == 3 || answer.status() == 404) {
			return answer;
		}
		throw new RegistryUnavailable("Cannot %s: %s, to which the registry redirects, answered %d; try again"
			.formatted(call.attempt(), call.address().getHost(), answer.status()));
	}

	private Wire.Answer signedIn(Call call) {
		requireNoPause(call);
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

	private void requireNoPause(Call call) {
		long left = this.pause.left().toMillis();
		if (left > 0) {
			throw new RegistryUnavailable("Cannot %s: the registry asked us to wait; %d s are left"
				.formatted(call.attempt(), left / 1000 + 1));
		}
	}

	private static HttpRequest.Builder request(Call call) {
		HttpRequest.Builder request = HttpRequest.newBuilder(call.address()).method(call.method(), call.body());
		call.headers().forEach(request::header);
		return request;
	}

	/** The registry's own words, cut short. */
	private static String reason(Wire.Answer answer) {
		JsonNode error = errors(answer).path(0);
		String words = (error.path("code").asText() + " " + error.path("message").asText()).strip();
		return words.isEmpty() ? "without a reason" : ShortText.of(words, LONGEST_REASON);
	}

	private static JsonNode errors(Wire.Answer answer) {
		try {
			return Json.read(answer.body(), JsonNode.class).path("errors");
		}
		catch (WrongContent ex) {
			return MissingNode.getInstance();
		}
	}

}
