package dev.imagefactory.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests to the API that are wrong, and requests of those who may not ask. */
class BadRequestSystemTests {

	private static final CommonService.Tenant US = CommonService.Tenant.REQUESTS;

	private static final String REPOSITORY = US.repository();

	private static ServiceProcess service;

	private static Api api;

	private static StoredRelease stored;

	private static String session;

	@BeforeAll
	static void start() throws Exception {
		US.project();
		service = CommonService.process();
		api = service.api();
		stored = StoredRelease.make(service, US.hook(), "v1.0.0");
		session = signIn();
	}

	private static String signIn() throws Exception {
		Matcher link = Pattern.compile("http://\\S+/sign-in\\?code=\\S+").matcher(service.output());
		assertThat(link.find()).as(service.output()).isTrue();
		HttpResponse<String> answer = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(link.group())).build(), HttpResponse.BodyHandlers.ofString());
		assertThat(answer.statusCode()).isEqualTo(303);
		return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
	}

	@AfterEach
	void nothingStoredIsLost() {
		stored.assertKept();
	}

	@Test
	void listWhenAParameterIsUnknownIsRefused() {
		assertThat(api.get("/api/v1/builds?colour=red").problem()).isEqualTo("400 invalid-parameter");
		assertThat(api.get("/api/v1/deliveries?state=built").problem()).isEqualTo("400 invalid-parameter");
	}

	@Test
	void listWhenTheCursorIsBadIsRefused() {
		for (String cursor : List.of("x", "AAAA", "%27%20OR%201%3D1", "")) {
			assertThat(api.get("/api/v1/builds?cursor=" + cursor).problem()).as(cursor)
				.isEqualTo("400 invalid-parameter");
			assertThat(api.get("/api/v1/deliveries?cursor=" + cursor).problem()).as(cursor)
				.isEqualTo("400 invalid-parameter");
		}
	}

	@Test
	void listWhenTheLimitIsOutOfRangeIsRefused() {
		for (String limit : List.of("0", "201", "-1", "1e2", "many", "")) {
			assertThat(api.get("/api/v1/builds?limit=" + limit).problem()).as(limit).isEqualTo("400 invalid-parameter");
		}
		assertThat(api.get("/api/v1/builds?limit=200").status()).isEqualTo(200);
		assertThat(api.get("/api/v1/builds?limit=1").json().path("items")).hasSize(1);
	}

	@Test
	void listWhenAValueIsNotOfItsKindIsRefused() {
		for (String query : List.of("state=DONE", "trigger=cron", "commit=xyz", "since=yesterday",
				"repository=no-slash", "limit=5&limit=6")) {
			assertThat(api.get("/api/v1/builds?" + query).problem()).as(query).isEqualTo("400 invalid-parameter");
		}
	}

	@Test
	void buildWhenTheBodyIsWrongIsRefused() {
		for (String body : List.of("", "{", "[]", "null", "{}", "{\"repository\": \"acme/requests\"}",
				"{\"repository\": \"acme/requests\", \"ref\": \"refs/heads/main\", \"colour\": \"red\"}",
				"{\"repository\": \"acme/requests\", \"ref\": \"main\"}",
				"{\"repository\": \"acme/requests\", \"commit\": \"abc123\"}",
				"{\"repository\": \"acme/requests\", \"ref\": \"refs/heads/main\", \"release\": \"v1.0.0\"}",
				"{\"repository\": \"../../etc\", \"release\": \"v1.0.0\"}",
				"{\"repository\": \"acme/requests\", \"release\": 7}")) {
			assertThat(api.post("/api/v1/builds", body).problem()).as(body).isEqualTo("400 invalid-body");
		}
		assertThat(api.builds(REPOSITORY, "refs/heads/main")).isEmpty();
	}

	@Test
	void buildWhenTheRepositoryIsNotOnboardedIsRefused() {
		assertThat(api.post("/api/v1/builds", """
				{"repository": "stranger/thing", "ref": "refs/heads/main"}""").problem())
			.isEqualTo("404 repository-not-onboarded");
	}

	@Test
	void buildWhenTheRefIsNotThereIsRefused() {
		for (String target : List.of("\"ref\": \"refs/heads/nowhere\"", "\"release\": \"v404\"",
				"\"commit\": \"" + "a".repeat(40) + "\"")) {
			assertThat(api.post("/api/v1/builds", "{\"repository\": \"acme/requests\", " + target + "}").problem())
				.as(target)
				.isEqualTo("422 ref-not-found");
		}
	}

	@Test
	void buildWhenTheIdempotencyKeyWasUsedForAnotherBodyIsRefused() {
		String branch = "{\"repository\": \"acme/requests\", \"release\": \"v1.0.0\"}";
		Api.Answer first = keyed("the-key", branch);
		assertThat(first.status()).as(first.body()).isEqualTo(202);
		Api.Answer second = keyed("the-key", branch);
		assertThat(second.status() + second.body() + second.location())
			.isEqualTo(first.status() + first.body() + first.location());
		assertThat(keyed("the-key", "{\"repository\": \"acme/requests\", \"ref\": \"refs/heads/main\"}").problem())
			.isEqualTo("422 idempotency-key-reused");
		api.awaitEnd(first.json().at("/builds/0/id").asText());
		assertThat(api.builds(REPOSITORY, "refs/tags/v1.0.0")).hasSize(2);
		assertThat(api.builds(REPOSITORY, "refs/heads/main")).isEmpty();
	}

	@Test
	void cancelWhenTheBuildIsOverIsRefused() {
		Api.Answer answer = api.post("/api/v1/builds/" + stored.build() + "/cancel", "");
		assertThat(answer.problem()).isEqualTo("409 build-over");
		assertThat(answer.json().path("state").asText()).isEqualTo("SUCCEEDED");
	}

	@Test
	void rerunWhenAnAttemptIsOpenIsRefused() {
		Hook hook = new Hook(CommonService.SILENT, 3003, CommonService.SECRET);
		JsonNode answer = hook.send(api, hook.push("main", "b".repeat(40))).json();
		String build = api.awaitPlanned(answer.path("delivery").asText()).at("/builds/0/id").asText();
		assertThat(api.post("/api/v1/builds/" + build + "/rerun", "").problem()).isEqualTo("409 build-open");
		assertThat(api.post("/api/v1/builds/" + build + "/cancel", "").status()).isEqualTo(202);
		assertThat(api.awaitEnd(build).path("state").asText()).isEqualTo("CANCELLED");
	}

	@Test
	void readWhenThereIsNoSuchThingIsRefused() {
		assertThat(api.get("/api/v1/builds/build-00000000000000000000000000").problem())
			.isEqualTo("404 build-not-found");
		assertThat(api.get("/api/v1/builds/..%2f..%2fadmin-token").status()).isIn(400, 404);
		assertThat(api.get("/api/v1/deliveries/nobody").problem()).isEqualTo("404 delivery-not-found");
		assertThat(api.get("/api/v1/nothing").problem()).isEqualTo("404 not-found");
		assertThat(api.get("/api/v1/builds/" + stored.build() + "/logs?step=..%2f..%2fadmin-token").problem())
			.isEqualTo("400 invalid-parameter");
	}

	@Test
	void requestWhenWithoutTokenIsRefused() {
		for (String path : List.of("/api/v1/builds", "/api/v1/deliveries", "/api/v1/builds/" + stored.build())) {
			assertThat(api.send(api.anonymous(path)).problem()).as(path).isEqualTo("401 sign-in-required");
			assertThat(api.send(api.anonymous(path).header("Authorization", "Bearer guessed")).problem()).as(path)
				.isEqualTo("401 sign-in-required");
		}
		assertThat(api.send(api.anonymous("/actuator/env")).status()).isIn(401, 404);
	}

	@Test
	void requestWhenForAForeignHostIsRefused() throws IOException {
		assertThat(raw("GET", "/api/v1/builds", "Host: rebound.example.com", "Cookie: " + session).problem())
			.isEqualTo("421 wrong-host");
		assertThat(raw("GET", "/api/v1/builds", "Host: 127.0.0.1", "Cookie: " + session).status()).isEqualTo(200);
	}

	@Test
	void changeWhenASessionIsUsedFromAForeignOriginIsRefused() {
		String path = "/api/v1/builds/" + stored.build() + "/cancel";
		HttpRequest.Builder foreign = api.anonymous(path)
			.header("Cookie", session)
			.header("Origin", "https://evil.example.com")
			.POST(HttpRequest.BodyPublishers.noBody());
		assertThat(api.send(foreign).problem()).isEqualTo("403 foreign-origin");
		HttpRequest.Builder own = api.anonymous(path)
			.header("Cookie", session)
			.header("Origin", service.base().toString())
			.POST(HttpRequest.BodyPublishers.noBody());
		assertThat(api.send(own).problem()).isEqualTo("409 build-over");
	}

	private static Api.Answer keyed(String key, String body) {
		return api.send(api.request("/api/v1/builds")
			.header("Content-Type", "application/json")
			.header("Idempotency-Key", key)
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private static Api.Answer raw(String method, String path, String... headers) throws IOException {
		try (Wire wire = new Wire(service.base())) {
			String request = method + " " + path + " HTTP/1.0\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
			return wire.send(request.getBytes(StandardCharsets.ISO_8859_1)).answer();
		}
	}

}
