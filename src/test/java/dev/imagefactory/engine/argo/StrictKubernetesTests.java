package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The API server that we test against refuses what the real one refuses. */
class StrictKubernetesTests {

	private static final String WORKFLOWS = "apis/argoproj.io/v1alpha1/namespaces/builds/workflows";

	private static final String JSON = "application/json";

	private static final String MERGE = "application/merge-patch+json";

	private final StrictKubernetes kubernetes = new StrictKubernetes("builds");

	private final HttpClient http = HttpClient.newHttpClient();

	@AfterEach
	void close() {
		this.kubernetes.close();
		this.http.close();
	}

	@Test
	void createWhenGoodGivesUidAndVersion() throws Exception {
		JsonNode created = body(send("POST", WORKFLOWS, JSON, workflow("a")), 201);
		assertThat(created.at("/metadata/uid").asText()).isNotEmpty();
		assertThat(created.at("/metadata/resourceVersion").asText()).isNotEmpty();
		JsonNode status = body(send("POST", WORKFLOWS, JSON, workflow("a")), 409);
		assertThat(status.path("reason").asText()).isEqualTo("AlreadyExists");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Upper", "under_score", "-begins", "ends-", "", "two..dots" })
	void createWhenTheNameIsNoDnsNameIsRefused(String name) throws Exception {
		assertThat(body(send("POST", WORKFLOWS, JSON, workflow(name)), 422).path("reason").asText())
			.isEqualTo("Invalid");
	}

	@ParameterizedTest
	@CsvSource({ "PUT, /a, application/json, 405", "DELETE, /a, application/json, 405",
			"POST, '', application/merge-patch+json, 415", "PATCH, /a, application/json, 415",
			"PATCH, /a, application/strategic-merge-patch+json, 415", "PATCH, /b, application/merge-patch+json, 404" })
	void requestWhenItIsNoneOfTheRightKindIsRefused(String method, String path, String type, int code)
			throws Exception {
		send("POST", WORKFLOWS, JSON, workflow("a"));
		assertThat(send(method, WORKFLOWS + path, type, "{}").statusCode()).isEqualTo(code);
	}

	@ParameterizedTest
	@CsvSource({ "apis/argoproj.io/v1alpha1/namespaces/builds/pipelines, 404",
			"apis/argoproj.io/v2/namespaces/builds/workflows, 404",
			"apis/argoproj.io/v1alpha1/namespaces/nowhere/workflows, 404" })
	void createWhenKindOrNamespaceIsUnknownIsRefused(String path, int code) throws Exception {
		assertThat(send("POST", path, JSON, workflow("a")).statusCode()).isEqualTo(code);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"a\"}}", "[]", "{",
			"{\"apiVersion\": \"argoproj.io/v1alpha1\", \"kind\": \"Workflow\", "
					+ "\"metadata\": {\"name\": \"a\", \"resourceVersion\": \"1\"}}",
			"{\"apiVersion\": \"argoproj.io/v1alpha1\", \"kind\": \"Workflow\", "
					+ "\"metadata\": {\"name\": \"a\", \"namespace\": \"other\"}}" })
	void createWhenTheBodyIsWrongIsRefused(String body) throws Exception {
		assertThat(send("POST", WORKFLOWS, JSON, body).statusCode()).isEqualTo(400);
	}

	@Test
	void patchWhenTheVersionIsOldIsRefused() throws Exception {
		String version = body(send("POST", WORKFLOWS, JSON, workflow("a")), 201).at("/metadata/resourceVersion")
			.asText();
		String patch = "{\"metadata\": {\"resourceVersion\": \"" + version + "\"}, \"spec\": {\"suspend\": true}}";
		assertThat(body(send("PATCH", WORKFLOWS + "/a", MERGE, patch), 200).at("/spec/suspend").asBoolean()).isTrue();
		assertThat(body(send("PATCH", WORKFLOWS + "/a", MERGE, patch), 409).path("reason").asText())
			.isEqualTo("Conflict");
		assertThat(send("PATCH", WORKFLOWS + "/a", MERGE, "{\"metadata\": {\"uid\": \"another\"}}").statusCode())
			.isEqualTo(422);
	}

	@Test
	void patchWhenTheObjectIsBeingDeletedTakesNoNewFinalizerAndRemovesItWithTheLast() throws Exception {
		send("POST", WORKFLOWS, JSON, workflow("a"));
		send("PATCH", WORKFLOWS + "/a", MERGE, "{\"metadata\": {\"finalizers\": [\"example.com/a\"]}}");
		this.kubernetes.store.delete("builds", "a");
		assertThat(send("PATCH", WORKFLOWS + "/a", MERGE,
				"{\"metadata\": {\"finalizers\": [\"example.com/a\", \"example.com/b\"]}}")
			.statusCode()).isEqualTo(422);
		assertThat(send("PATCH", WORKFLOWS + "/a", MERGE, "{\"metadata\": {\"finalizers\": []}}").statusCode())
			.isEqualTo(200);
		assertThat(send("GET", WORKFLOWS + "/a", JSON, "").statusCode()).isEqualTo(404);
	}

	@Test
	void requestWhenNobodySaysWhoIsRefused() throws Exception {
		this.kubernetes.token = "another";
		assertThat(send("GET", WORKFLOWS + "/a", JSON, "").statusCode()).isEqualTo(401);
	}

	private HttpResponse<String> send(String method, String path, String type, String body)
			throws IOException, InterruptedException {
		return this.http.send(HttpRequest.newBuilder(URI.create(this.kubernetes.address() + path))
			.header("Authorization", "Bearer " + StrictKubernetes.TOKEN)
			.header("Accept", JSON)
			.header("Content-Type", type)
			.method(method, BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
	}

	private static JsonNode body(HttpResponse<String> response, int code) throws IOException {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
		return StrictKubernetes.JSON.readTree(response.body());
	}

	private static String workflow(String name) {
		return "{\"apiVersion\": \"argoproj.io/v1alpha1\", \"kind\": \"Workflow\", \"metadata\": {\"name\": \"" + name
				+ "\"}, \"spec\": {}}";
	}

}
