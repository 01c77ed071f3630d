package dev.imagefactory.api;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@ResourceLock(Slice.LOCK)
class BuildsApiTests {

	@BeforeEach
	void reset() {
		Slice.reset();
	}

	@Test
	void readWhenSucceededHasTheContractsFields() {
		Build build = add(Samples.succeeded(Samples.START));
		JsonNode json = get("/api/v1/builds/" + build.id());
		assertThat(json.fieldNames()).toIterable()
			.containsExactly("id", "order", "repository", "trigger", "origin", "missed", "ref", "commit", "image",
					"tags", "state", "digest", "adopted", "scan", "engine", "attempt", "delivery", "createdAt",
					"startedAt", "finishedAt", "steps", "links");
		assertThat(json.get("id").asText()).isEqualTo(build.id().value());
		assertThat(json.get("trigger").asText()).isEqualTo("release");
		assertThat(json.get("origin").asText()).isEqualTo("webhook");
		assertThat(json.get("ref").asText()).isEqualTo("refs/tags/v1.2.3");
		assertThat(json.get("tags")).extracting(JsonNode::asText).containsExactly("v1.2.3", "sha-0123456789ab");
		assertThat(json.get("digest").asText()).isEqualTo(Samples.DIGEST.value());
		assertThat(json.get("createdAt").asText()).isEqualTo("2026-11-22T10:00:00Z");
		assertThat(json.get("scan").get("counts").fieldNames()).toIterable()
			.containsExactly("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN");
		assertThat(json.get("steps").get(0).fieldNames()).toIterable()
			.containsExactly("name", "state", "startedAt", "finishedAt");
		assertThat(json.get("links").get("self").asText())
			.isEqualTo("https://images.example.com/api/v1/builds/" + build.id());
		assertThat(json.get("links").get("page").asText()).isEqualTo("https://images.example.com/builds/" + build.id());
	}

	@Test
	void readWhenArgoHasItLinksItsPageThere() {
		Build build = add(Samples.byArgo(Samples.running(Samples.START, Step.BUILD)));
		JsonNode json = get("/api/v1/builds/" + build.id());
		assertThat(json.get("workflow").asText()).isEqualTo(build.id().value());
		assertThat(json.get("links").get("workflow").asText())
			.isEqualTo("https://argo.example.com/a&b/workflows/payments/" + build.id());
		Build other = add(Samples.running(Samples.START, Step.BUILD));
		assertThat(get("/api/v1/builds/" + other.id()).get("links").has("workflow")).isFalse();
	}

	@Test
	void readWhenABareCommitIsQueuedWritesNullRefAndItsPlace() {
		Build build = add(Samples.queued(Samples.order(null, Trigger.MANUAL, "R", null, Samples.START), Samples.START));
		JsonNode json = get("/api/v1/builds/" + build.id());
		assertThat(json.has("ref")).isTrue();
		assertThat(json.get("ref").isNull()).isTrue();
		assertThat(json.get("engine").isNull()).isTrue();
		assertThat(json.get("queue").toString()).isEqualTo("{\"position\":3,\"reason\":\"tag-busy\"}");
		assertThat(json.fieldNames()).toIterable()
			.doesNotContain("delivery", "startedAt", "finishedAt", "digest", "scan", "reason", "detail", "workflow",
					"cancelRequestedAt");
	}

	@Test
	void readWhenRejectedShowsFindings() {
		Build build = add(
				Samples.rejected(Samples.START, new Finding("CVE-1", "openssl", "1", null, Severity.HIGH, null)));
		JsonNode json = get("/api/v1/builds/" + build.id());
		assertThat(json.get("reason").asText()).isEqualTo("findings");
		assertThat(json.get("scan").get("verdict").asText()).isEqualTo("rejected");
		assertThat(json.get("scan").get("fixable").toString())
			.isEqualTo("[{\"id\":\"CVE-1\",\"package\":\"openssl\",\"installed\":\"1\",\"severity\":\"HIGH\"}]");
	}

	@Test
	void readWhenUnscannedCountsNothing() {
		Build done = Samples.succeeded(Samples.START);
		Build build = add(Samples.with(done, new Build.Product(Samples.DIGEST, false, ScanSummary.unscanned())));
		assertThat(get("/api/v1/builds/" + build.id()).get("scan").toString())
			.isEqualTo("{\"verdict\":\"unscanned\",\"counts\":{},\"fixable\":[]}");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "build-01jqzq4b7v3r5x8k2m9n0p1s6t", "build-x", "BUILD-01JQZQ4B7V3R5X8K2M9N0P1S6T", "x%20y" })
	void readWhenUnknownIsNotFound(String id) {
		expect(Slice.send(Slice.admin("/api/v1/builds/" + id)), 404, "build-not-found");
		expect(Slice.send(Slice.admin("/api/v1/builds/" + id + "/history")), 404, "build-not-found");
		expect(Slice.send(Slice.admin("/api/v1/builds/" + id + "/logs")), 404, "build-not-found");
		expect(Slice.send(Slice.post(Slice.admin("/api/v1/builds/" + id + "/cancel"))), 404, "build-not-found");
		expect(Slice.send(Slice.post(Slice.admin("/api/v1/builds/" + id + "/rerun"))), 404, "build-not-found");
	}

	@Test
	void listWhenPagedGivesEachBuildOnce() {
		List<String> made = new ArrayList<>(IntStream.range(0, 7)
			.mapToObj((i) -> add(Samples.queued(Samples.START.plusSeconds(i))).id().value())
			.toList());
		List<String> seen = new ArrayList<>();
		String cursor = "";
		for (int page = 0; page < 3; page++) {
			JsonNode json = get("/api/v1/builds?limit=3" + cursor);
			json.get("items").forEach((item) -> seen.add(item.get("id").asText()));
			assertThat(json.has("nextCursor")).isTrue();
			assertThat(json.get("nextCursor").isNull()).isEqualTo(page == 2);
			cursor = "&cursor=" + json.get("nextCursor").asText();
		}
		assertThat(seen).containsExactlyElementsOf(made.reversed());
	}

	@Test
	void listWhenFilteredGivesWhatMatches() {
		Build done = add(Samples.succeeded(Samples.START));
		Build open = add(Samples.running(Samples.START.plusSeconds(60), Step.BUILD));
		assertThat(ids("state=RUNNING")).containsExactly(open.id().value());
		assertThat(ids("state=FAILED")).isEmpty();
		assertThat(ids("trigger=release")).hasSize(2);
		assertThat(ids("trigger=main")).isEmpty();
		assertThat(ids("repository=ACME/app")).hasSize(2);
		assertThat(ids("repository=acme/other")).isEmpty();
		assertThat(ids("commit=" + Samples.COMMIT)).hasSize(2);
		assertThat(ids("since=2026-11-22T10:00:30Z")).containsExactly(open.id().value());
		assertThat(ids("since=2026-11-22T11:00:00%2B01:00&state=SUCCEEDED")).containsExactly(done.id().value());
	}

	@ParameterizedTest
	@ValueSource(strings = { "limit=0", "limit=201", "limit=-1", "limit=1e1", "limit=", "limit=x", "cursor=x",
			"cursor=%00", "cursor=", "cursor=YnVpbGQtMQ", "state=running", "state=", "trigger=RELEASE", "commit=abc",
			"commit=HEAD", "since=yesterday", "since=2026-11-22", "repository=acme", "repository=", "unknown=1",
			"State=RUNNING", "state=RUNNING&state=FAILED", "%3Cscript%3E=1" })
	void listWhenAParameterIsWrongIsRefused(String query) {
		JsonNode json = expect(Slice.send(Slice.admin("/api/v1/builds?" + query)), 400, "invalid-parameter");
		assertThat(json.get("parameter").asText()).isNotEmpty();
	}

	@Test
	void parametersWhenUnknownAreRefusedEverywhere() {
		Build build = add(Samples.succeeded(Samples.START));
		for (String path : List.of("", "/history", "/logs")) {
			expect(Slice.send(Slice.admin("/api/v1/builds/" + build.id() + path + "?x=1")), 400, "invalid-parameter");
		}
		for (String path : List.of("/cancel", "/rerun")) {
			expect(Slice.send(Slice.post(Slice.admin("/api/v1/builds/" + build.id() + path + "?x=1"))), 400,
					"invalid-parameter");
		}
		expect(Slice.send(Slice.post(Slice.admin("/api/v1/builds?x=1"), "{}")), 400, "invalid-parameter");
	}

	@Test
	void historyWhenPagedCountsFromOne() {
		Build build = add(Samples.succeeded(Samples.START));
		Slice.memory.builds.histories.put(build.id(), List.of(line(StateName.QUEUED, StateName.QUEUED, null),
				line(StateName.QUEUED, StateName.RUNNING, null), line(StateName.RUNNING, StateName.SUCCEEDED, "why")));
		JsonNode first = get("/api/v1/builds/" + build.id() + "/history?limit=2");
		assertThat(first.get("items")).extracting((item) -> item.get("seq").asInt()).containsExactly(1, 2);
		JsonNode rest = get(
				"/api/v1/builds/" + build.id() + "/history?limit=2&cursor=" + first.get("nextCursor").asText());
		assertThat(rest.get("items").toString()).isEqualTo(
				"[{\"seq\":3,\"at\":\"2026-11-22T10:00:00Z\",\"from\":\"RUNNING\",\"to\":\"SUCCEEDED\",\"reason\":\"why\",\"by\":\"image-factory\"}]");
		assertThat(rest.get("nextCursor").isNull()).isTrue();
	}

	@Test
	void cancelWhenOpenIsAcceptedAndAudited() {
		Build build = add(Samples.queued(Samples.START));
		HttpResponse<String> answer = Slice.send(Slice.post(Slice.admin("/api/v1/builds/" + build.id() + "/cancel")));
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(Slice.json(answer).get("state").asText()).isEqualTo("CANCELLED");
		assertThat(Slice.memory.audit.rows).containsExactly("admin build.cancel " + build.id() + " ");
	}

	@Test
	void cancelWhenABodyCameAsAFormSpeaksOfTheBody() {
		Build build = Samples.queued(Samples.START);
		Slice.memory.builds.add(build);
		JsonNode json = expect(Slice.send(Slice.admin("/api/v1/builds/" + build.id() + "/cancel")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString("{}"))), 400, "invalid-body");
		assertThat(json.get("detail").asText()).contains("takes none");
		assertThat(Slice.memory.audit.rows).isEmpty();
	}

	@Test
	void cancelWhenOverIsAConflictWithTheState() {
		Build build = add(Samples.succeeded(Samples.START));
		JsonNode json = expect(Slice.send(Slice.post(Slice.admin("/api/v1/builds/" + build.id() + "/cancel"))), 409,
				"build-over");
		assertThat(json.get("state").asText()).isEqualTo("SUCCEEDED");
		assertThat(Slice.memory.audit.rows).isEmpty();
	}

	@Test
	void rerunWhenOverMakesTheNextAttempt() {
		Build build = add(Samples.in(Samples.queued(Samples.START), new BuildState.Failed("x", "It failed.")));
		HttpResponse<String> answer = Slice.send(Slice.post(Slice.admin("/api/v1/builds/" + build.id() + "/rerun")));
		assertThat(answer.statusCode()).isEqualTo(202);
		JsonNode json = Slice.json(answer);
		assertThat(json.get("attempt").asInt()).isEqualTo(2);
		assertThat(json.get("order").asText()).isEqualTo(build.order().id().value());
		assertThat(answer.headers().firstValue("Location")).contains(json.get("links").get("self").asText());
		assertThat(Slice.memory.audit.rows)
			.containsExactly("admin build.rerun %s of %s".formatted(json.get("id").asText(), build.id()));
	}

	@Test
	void rerunWhenOneIsOpenIsAConflict() {
		Build build = add(Samples.queued(Samples.START));
		JsonNode json = expect(Slice.send(Slice.post(Slice.admin("/api/v1/builds/" + build.id() + "/rerun"))), 409,
				"build-open");
		assertThat(json.get("build").asText()).isEqualTo(build.id().value());
		assertThat(json.get("state").asText()).isEqualTo("QUEUED");
	}

	private static HistoryEntry line(StateName from, StateName to, String reason) {
		return new HistoryEntry(Samples.START, from, to, reason, null, "image-factory");
	}

	private static List<String> ids(String query) {
		List<String> ids = new ArrayList<>();
		get("/api/v1/builds?" + query).get("items").forEach((item) -> ids.add(item.get("id").asText()));
		return ids;
	}

	private static Build add(Build build) {
		Slice.memory.builds.add(build);
		return build;
	}

	private static JsonNode get(String path) {
		HttpResponse<String> answer = Slice.send(Slice.admin(path));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
		return Slice.json(answer);
	}

	static JsonNode expect(HttpResponse<String> answer, int status, String type) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
		assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
		JsonNode json = Slice.json(answer);
		assertThat(json.get("type").asText()).isEqualTo("/problems/" + type);
		assertThat(json.get("status").asInt()).isEqualTo(status);
		assertThat(json.get("title").asText()).isNotEmpty();
		assertThat(json.get("detail").asText()).isNotEmpty();
		return json;
	}

}
