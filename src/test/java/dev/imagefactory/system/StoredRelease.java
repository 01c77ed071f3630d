package dev.imagefactory.system;

import com.fasterxml.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A release that was built before something bad came in. Afterwards it is still there as
 * it was, and the service goes on serving.
 */
final class StoredRelease {

	private final ServiceProcess service;

	private final Hook hook;

	private final String delivery;

	private final String build;

	private final String digest;

	private StoredRelease(ServiceProcess service, Hook hook, String delivery, String build, String digest) {
		this.service = service;
		this.hook = hook;
		this.delivery = delivery;
		this.build = build;
		this.digest = digest;
	}

	/** Lets a release be built. */
	static StoredRelease make(ServiceProcess service, Hook hook, String tag) {
		Api api = service.api();
		Api.Answer answer = hook.send(api, hook.release(tag));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		String delivery = answer.json().path("delivery").asText();
		JsonNode planned = api.awaitPlanned(delivery);
		assertThat(planned.path("outcome").asText()).as(planned.toString()).isEqualTo("built");
		JsonNode build = api.awaitEnd(planned.at("/builds/0/id").asText());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		return new StoredRelease(service, hook, delivery, build.path("id").asText(), build.path("digest").asText());
	}

	/** Its build's id. */
	String build() {
		return this.build;
	}

	/** Fails when anything of it was lost, or the service does not serve any more. */
	void assertKept() {
		Api api = this.service.api();
		assertThat(api.isReady()).as("ready").isTrue();
		Api.Answer pong = this.hook.send(api, this.hook.event("ping", "{\"zen\": \"Keep it\"}"));
		assertThat(pong.status() + " " + pong.body()).isEqualTo("200 {\"outcome\":\"pong\"}");
		JsonNode delivery = api.get("/api/v1/deliveries/" + this.delivery).json();
		assertThat(delivery.path("outcome").asText()).isEqualTo("built");
		JsonNode build = api.get("/api/v1/builds/" + this.build).json();
		assertThat(build.path("state").asText()).isEqualTo("SUCCEEDED");
		assertThat(build.path("digest").asText()).isEqualTo(this.digest);
		Layout layout = new Layout(
				this.service.dataDirectory().resolve("registry").resolve(build.path("image").asText()));
		assertThat(layout.tags()).containsValue(this.digest);
	}

}
