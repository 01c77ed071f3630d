package dev.imagefactory.api;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.build.Build;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.slice.Memory;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@ResourceLock(Slice.LOCK)
class DeliveriesApiTests {

	private static final String GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

	@BeforeEach
	void reset() {
		Slice.reset();
	}

	@Test
	void readWhenByEitherIdHasTheContractsFields() {
		Delivery older = add(GUID, DeliveryOutcome.IGNORED, 0);
		Delivery newer = add(GUID, DeliveryOutcome.BUILT, 60);
		Build build = Samples.succeeded(Samples.START);
		Slice.memory.builds.add(build);
		Slice.memory.orders.links.put(newer.id(), List.of(build.order()));
		JsonNode json = get("/api/v1/deliveries/" + GUID);
		assertThat(json.fieldNames()).toIterable()
			.containsExactly("delivery", "guid", "event", "action", "repository", "receivedAt", "receipts", "outcome",
					"rules", "builds", "others");
		assertThat(json.get("delivery").asText()).isEqualTo(newer.id().value());
		assertThat(json.get("others")).extracting(JsonNode::asText).containsExactly(older.id().value());
		assertThat(json.get("builds").toString()).isEqualTo(
				"[{\"id\":\"%s\",\"state\":\"SUCCEEDED\",\"url\":\"https://images.example.com/api/v1/builds/%s\"}]"
					.formatted(build.id(), build.id()));
		JsonNode ignored = get("/api/v1/deliveries/" + older.id());
		assertThat(ignored.get("reason").asText()).isEqualTo("draft");
		assertThat(ignored.get("others")).extracting(JsonNode::asText).containsExactly(newer.id().value());
		assertThat(ignored.get("rules").get(0).toString())
			.isEqualTo("{\"rule\":\"repository-not-onboarded\",\"verdict\":\"pass\",\"detail\":\"It is onboarded.\"}");
		assertThat(ignored.get("rules").get(1).get("image").asText()).isEqualTo("payments/app");
	}

	@Test
	void listWhenFilteredAndPagedGivesWhatMatches() {
		add("a", DeliveryOutcome.IGNORED, 0);
		Delivery second = add("b", DeliveryOutcome.BUILT, 1);
		Delivery third = add("c", DeliveryOutcome.BUILT, 2);
		assertThat(ids("outcome=built")).containsExactly(third.id().value(), second.id().value());
		assertThat(ids("event=push")).isEmpty();
		assertThat(ids("repository=acme/app")).hasSize(3);
		JsonNode page = get("/api/v1/deliveries?limit=1&outcome=built");
		assertThat(
				get("/api/v1/deliveries?limit=1&outcome=built&cursor=" + page.get("nextCursor").asText()).get("items"))
			.extracting((item) -> item.get("delivery").asText())
			.containsExactly(second.id().value());
	}

	@ParameterizedTest
	@ValueSource(strings = { "outcome=BUILT", "event=Push", "event=a-b", "repository=x", "limit=500", "cursor=eA",
			"state=RUNNING" })
	void listWhenAParameterIsWrongIsRefused(String query) {
		BuildsApiTests.expect(Slice.send(Slice.admin("/api/v1/deliveries?" + query)), 400, "invalid-parameter");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "01JQZQ4B7V3R5X8K2M9N0P1S6T", "%3Cscript%3E" })
	void readWhenUnknownIsNotFound(String id) {
		BuildsApiTests.expect(Slice.send(Slice.admin("/api/v1/deliveries/" + id)), 404, "delivery-not-found");
		BuildsApiTests.expect(Slice.send(Slice.post(Slice.admin("/api/v1/deliveries/" + id + "/replay"))), 404,
				"delivery-not-found");
	}

	@Test
	void replayWhenTheBodyIsKeptIsAcceptedAndAudited() {
		Delivery delivery = add(GUID, DeliveryOutcome.IGNORED, 0);
		HttpResponse<String> answer = replay(delivery);
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(answer.body()).isEqualTo(
				"{\"delivery\":\"%s\",\"outcome\":\"accepted\",\"url\":\"https://images.example.com/api/v1/deliveries/%s\"}"
					.formatted(delivery.id(), delivery.id()));
		assertThat(Slice.memory.deliveries.all.getFirst().decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
		assertThat(Slice.memory.audit.rows).containsExactly("admin delivery.replay " + delivery.id() + " ");
	}

	@Test
	void replayWhenNoBodyWasKeptIsAConflict() {
		Delivery delivery = Memory.FakeDeliveries
			.withoutBody(Samples.delivery(Samples.START, GUID, DeliveryOutcome.IGNORED));
		Slice.memory.deliveries.all.add(delivery);
		BuildsApiTests.expect(replay(delivery), 409, "body-not-kept");
	}

	@Test
	void replayWhenChangedMeanwhileIsAConflict() {
		Delivery delivery = add(GUID, DeliveryOutcome.IGNORED, 0);
		Slice.memory.deliveries.replayable = false;
		BuildsApiTests.expect(replay(delivery), 409, "changed-meanwhile");
		assertThat(Slice.memory.audit.rows).isEmpty();
	}

	private static HttpResponse<String> replay(Delivery delivery) {
		return Slice.send(Slice.post(Slice.admin("/api/v1/deliveries/" + delivery.id() + "/replay")));
	}

	private static List<String> ids(String query) {
		List<String> ids = new ArrayList<>();
		get("/api/v1/deliveries?" + query).get("items").forEach((item) -> ids.add(item.get("delivery").asText()));
		return ids;
	}

	private static Delivery add(String guid, DeliveryOutcome outcome, int seconds) {
		Delivery delivery = Samples.delivery(Samples.START.plusSeconds(seconds), guid, outcome);
		Slice.memory.deliveries.all.add(delivery);
		return delivery;
	}

	private static JsonNode get(String path) {
		HttpResponse<String> answer = Slice.send(Slice.admin(path));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return Slice.json(answer);
	}

}
