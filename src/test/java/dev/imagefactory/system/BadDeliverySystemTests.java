package dev.imagefactory.system;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.system.Hook.Delivery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Deliveries that are wrong, come twice, or come in a strange order. */
class BadDeliverySystemTests {

	private static final CommonService.Tenant US = CommonService.Tenant.DELIVERIES;

	private static final String REPOSITORY = US.repository();

	private static final String SECRET = CommonService.SECRET;

	private static final int LARGEST = 26_214_400;

	private static final Hook HOOK = US.hook();

	private static GitProject project;

	private static String commit;

	private static ServiceProcess service;

	private static Api api;

	private static StoredRelease stored;

	private static Wire slow;

	private static long slowStart;

	@BeforeAll
	static void start() throws Exception {
		project = US.project();
		commit = project.git("rev-parse", "HEAD");
		service = CommonService.process();
		api = service.api();
		stored = StoredRelease.make(service, HOOK, "v1.0.0");
		// Its answer takes 20 s; the other tests go on meanwhile.
		slow = new Wire(service.base());
		slowStart = System.nanoTime();
		slow.head(HOOK, HOOK.release("v1.0.0"), "Content-Length: 1000").send(new byte[] { '{' });
	}

	@AfterAll
	static void end() throws Exception {
		slow.close();
	}

	@AfterEach
	void nothingStoredIsLost() {
		stored.assertKept();
	}

	@Test
	void deliveryWhenUnsignedIsRefused() {
		Delivery delivery = HOOK.release("v1.0.0");
		assertRefused(delivery, api.send(unsigned(delivery)), "401 signature-invalid");
	}

	@Test
	void deliveryWhenSignedWithAnotherSecretIsRefused() {
		Hook wrong = new Hook(REPOSITORY, US.id(), "guessed");
		Delivery delivery = wrong.release("v1.0.0");
		assertRefused(delivery, wrong.send(api, delivery), "401 signature-invalid");
	}

	@Test
	void deliveryWhenItsBodyWasChangedIsRefused() {
		Delivery delivery = HOOK.release("v1.0.0");
		byte[] changed = new String(delivery.body(), StandardCharsets.UTF_8).replace("v1.0.0", "v6.6.6")
			.getBytes(StandardCharsets.UTF_8);
		HttpRequest.Builder request = unsigned(new Delivery("release", delivery.guid(), changed))
			.header("X-Hub-Signature-256", "sha256=" + HOOK.signature(delivery.body()));
		assertRefused(delivery, api.send(request), "401 signature-invalid");
	}

	@Test
	void deliveryWhenSignedWithSha1OnlyIsRefused() {
		Delivery delivery = HOOK.release("v1.0.0");
		HttpRequest.Builder request = unsigned(delivery).header("X-Hub-Signature", "sha1=" + "0".repeat(40));
		assertRefused(delivery, api.send(request), "401 signature-invalid");
	}

	@Test
	void deliveryWhenSignedTwiceIsRefused() {
		Delivery delivery = HOOK.release("v1.0.0");
		HttpRequest.Builder request = HOOK.signed(api, delivery)
			.header("X-Hub-Signature-256", "sha256=" + "0".repeat(64));
		assertRefused(delivery, api.send(request), "401 signature-invalid");
	}

	@Test
	void deliveryWhenSignedWithTheSecretOfAnotherRepositoryIsRefused() {
		Hook other = new Hook(REPOSITORY, US.id(), CommonService.OTHER_SECRET);
		Delivery forHello = other.release("v1.0.0");
		assertRefused(forHello, other.send(api, forHello), "401 secret-out-of-scope");
		Hook shared = new Hook(CommonService.OWNING, CommonService.OWNING_ID, SECRET);
		Delivery forOther = shared.release("v1.0.0");
		assertRefused(forOther, shared.send(api, forOther), "401 secret-out-of-scope");
	}

	@Test
	void deliveryWhenAnotherRepositoryTookTheNameIsRefused() {
		Hook squatter = new Hook(REPOSITORY, 999, SECRET);
		Delivery delivery = squatter.release("v1.0.0");
		assertRefused(delivery, squatter.send(api, delivery), "422 repository-identity");
	}

	@Test
	void deliveryWhenTruncatedIsRefused() throws Exception {
		Delivery delivery = HOOK.release("v1.0.0");
		try (Wire wire = new Wire(service.base())) {
			wire.head(HOOK, delivery, "Content-Length: " + (delivery.body().length + 1)).send(delivery.body()).end();
			assertRefused(delivery, wire.answer(), "400 body-truncated");
		}
	}

	@Test
	void deliveryWhenTheSenderGoesAwayMidwayIsNotStored() throws Exception {
		Delivery delivery = HOOK.release("v1.0.0");
		try (Wire wire = new Wire(service.base())) {
			wire.head(HOOK, delivery, "Content-Length: " + delivery.body().length)
				.send(Arrays.copyOf(delivery.body(), 20));
		}
		assertNotStored(delivery);
	}

	@Test
	void deliveryWhenOneByteTooLargeIsRefused() throws Exception {
		Delivery delivery = HOOK.raw("release", "x".repeat(LARGEST + 1));
		try (Wire wire = new Wire(service.base())) {
			wire.head(HOOK, delivery, "Content-Length: " + (LARGEST + 1));
			assertRefused(delivery, wire.answer(), "413 body-too-large");
		}
	}

	@Test
	void deliveryWhenOneByteTooLargeInChunksIsRefused() throws Exception {
		Delivery delivery = HOOK.raw("release", "x".repeat(LARGEST + 1));
		try (Wire wire = new Wire(service.base())) {
			wire.head(HOOK, delivery, "Transfer-Encoding: chunked").chunks(delivery.body());
			assertRefused(delivery, wire.answer(), "413 body-too-large");
		}
	}

	@Test
	void deliveryWhenAsLargeAsAllowedIsRead() {
		Delivery garbage = HOOK.raw("release", "x".repeat(LARGEST));
		assertRefused(garbage, HOOK.send(api, garbage), "400 json-malformed");
		String ping = "{\"zen\": \"Mind your words, they are important.\"}";
		Api.Answer pong = HOOK.send(api, HOOK.raw("ping", ping + " ".repeat(LARGEST - ping.length())));
		assertThat(pong.status() + " " + pong.body()).isEqualTo("200 {\"outcome\":\"pong\"}");
	}

	@Test
	void deliveryWhenItArrivesTooSlowlyIsRefused() throws Exception {
		Api.Answer answer = slow.answer();
		assertThat(answer.problem()).isEqualTo("408 body-timeout");
		assertThat((System.nanoTime() - slowStart) / 1_000_000_000).isBetween(19L, 120L);
	}

	@Test
	void deliveryWhenMalformedJsonIsRefused() {
		String good = new String(HOOK.release("v1.0.0").body(), StandardCharsets.UTF_8);
		List<String> bad = List.of("", "{", good + "{}", "\uFEFF" + good, good.replace("1001", "NaN"),
				good.replaceFirst("\\{", "{\"action\":\"created\","), "{'action': 'published'}");
		for (String body : bad) {
			Delivery delivery = HOOK.raw("release", body);
			assertRefused(delivery, HOOK.send(api, delivery), "400 json-malformed");
		}
	}

	@Test
	void deliveryWhenNotUtf8IsRefused() {
		byte[] body = "{\"action\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
		Delivery delivery = new Delivery("release", UUID.randomUUID().toString(), body);
		assertRefused(delivery, HOOK.send(api, delivery), "400 json-malformed");
	}

	@Test
	void deliveryWhenNested101LevelsIsRefused() {
		Delivery deepest = HOOK.event("watch", "{\"deep\": " + nested(99) + "}");
		assertThat(HOOK.send(api, deepest).json().path("reason").asText()).isEqualTo("not-a-trigger");
		Delivery tooDeep = HOOK.event("watch", "{\"deep\": " + nested(100) + "}");
		assertRefused(tooDeep, HOOK.send(api, tooDeep), "400 json-malformed");
		Delivery bomb = HOOK.raw("watch", "[".repeat(1_000_000));
		assertRefused(bomb, HOOK.send(api, bomb), "400 json-malformed");
	}

	@Test
	void deliveryWhenNotTheShapeOfItsEventIsRefused() {
		Delivery delivery = HOOK.event("release", "{\"action\": \"published\", \"release\": {\"tag_name\": 7}}");
		assertRefused(delivery, HOOK.send(api, delivery), "422 payload-shape");
		Delivery nameless = HOOK.release("");
		assertRefused(nameless, HOOK.send(api, nameless), "422 payload-shape");
		Delivery list = HOOK.raw("push", "[]");
		assertRefused(list, HOOK.send(api, list), "422 payload-shape");
	}

	@Test
	void deliveryWhenSentAsFormIsRefusedWithTheFix() {
		Delivery delivery = HOOK.release("v1.0.0");
		Api.Answer answer = api
			.send(HOOK.signed(api, delivery).setHeader("Content-Type", "application/x-www-form-urlencoded"));
		assertRefused(delivery, answer, "415 content-type-unsupported");
		assertThat(answer.json().path("detail").asText())
			.isEqualTo("The hook sends forms: set the hook's content type to application/json");
	}

	@Test
	void deliveryWhenEncodedIsRefused() {
		Delivery delivery = HOOK.release("v1.0.0");
		Api.Answer answer = api.send(HOOK.signed(api, delivery).header("Content-Encoding", "gzip"));
		assertRefused(delivery, answer, "415 content-type-unsupported");
	}

	@Test
	void deliveryWhenAHeaderComesTwiceIsRefused() {
		Delivery delivery = HOOK.release("v1.0.0");
		assertRefused(delivery, api.send(HOOK.signed(api, delivery).header("X-GitHub-Event", "release")),
				"400 header-invalid");
		assertRefused(delivery, api.send(HOOK.signed(api, delivery).header("X-GitHub-Delivery", delivery.guid())),
				"400 header-invalid");
	}

	@Test
	void deliveryWhenDuplicatedIsOneOrder() {
		project.tag("v2.0.0");
		Delivery delivery = HOOK.release("v2.0.0");
		String first = accepted(delivery);
		for (int i = 0; i < 3; i++) {
			JsonNode repeat = HOOK.send(api, delivery).json();
			assertThat(repeat.path("outcome").asText()).isEqualTo("duplicate");
			assertThat(repeat.path("delivery").asText()).isEqualTo(first);
		}
		assertThat(api.awaitPlanned(first).path("outcome").asText()).isEqualTo("built");
		assertThat(api.get("/api/v1/deliveries/" + first).json().path("receipts").asInt()).isEqualTo(4);
		assertOneBuild("v2.0.0");
	}

	@Test
	void deliveryWhenReplayedUnderAnotherGuidIsOneOrder() {
		project.tag("v2.1.0");
		Delivery delivery = HOOK.release("v2.1.0");
		String first = accepted(delivery);
		assertThat(api.awaitPlanned(first).path("outcome").asText()).isEqualTo("built");
		JsonNode replayed = api.awaitPlanned(accepted(delivery.again()));
		assertThat(replayed.path("outcome").asText()).isEqualTo("duplicate");
		assertThat(replayed.path("duplicateOf").asText()).isEqualTo(first);
		assertOneBuild("v2.1.0");
	}

	@Test
	void deliveryWhenReplayedAsAnotherEventBuildsNothing() {
		project.tag("v2.2.0");
		Delivery delivery = HOOK.release("v2.2.0");
		Api.Answer asPush = HOOK.send(api, delivery.again().as("push"));
		assertThat(asPush.problem()).isEqualTo("422 payload-shape");
		JsonNode asIssue = HOOK.send(api, delivery.as("issues")).json();
		assertThat(asIssue.path("reason").asText()).isEqualTo("not-a-trigger");
		assertThat(api.builds(REPOSITORY, "refs/tags/v2.2.0")).isEmpty();
		// Whoever replays first does not take the delivery away from GitHub.
		assertThat(api.awaitPlanned(accepted(delivery)).path("outcome").asText()).isEqualTo("built");
		assertThat(HOOK.send(api, delivery.as("issues")).json().path("outcome").asText()).isEqualTo("duplicate");
		assertOneBuild("v2.2.0");
	}

	@Test
	void deliveriesWhenOutOfOrderAreOneOrder() {
		List<List<Integer>> orders = permutations(List.of(0, 1, 2, 3));
		for (int i = 0; i < orders.size(); i++) {
			String tag = "v3.%d.0".formatted(i);
			project.tag(tag);
			List<Delivery> deliveries = publishedInTheBrowser(tag);
			orders.get(i).forEach((index) -> HOOK.send(api, deliveries.get(index)));
			assertThat(deliveries.stream().map((delivery) -> outcome(delivery.guid())).toList())
				.as("sent in the order %s", orders.get(i))
				.containsExactly("ignored action-not-published", "ignored tag-push", "built",
						"ignored nothing-to-promote");
		}
		for (int i = 0; i < orders.size(); i++) {
			assertOneBuild("v3.%d.0".formatted(i));
		}
	}

	@Test
	void pushWhenItNamesNoHeadCommitIsBuilt() {
		Delivery delivery = HOOK.event("push", """
				{"ref": "refs/heads/main", "after": "%s", "deleted": false, "head_commit": null}""".formatted(commit));
		JsonNode planned = api.awaitPlanned(accepted(delivery));
		assertThat(planned.path("outcome").asText()).isEqualTo("built");
		assertThat(api.awaitEnd(planned.at("/builds/0/id").asText()).path("state").asText()).isEqualTo("SUCCEEDED");
	}

	@Test
	void pushWhenItDeletesTheRefIsIgnored() {
		Delivery delivery = HOOK.event("push", """
				{"ref": "refs/heads/main", "after": "%s", "deleted": true, "head_commit": null}"""
			.formatted("0".repeat(40)));
		assertIgnored(delivery, "ref-deleted");
	}

	@Test
	void deliveryWhenItsEventIsUnknownIsIgnored() {
		assertIgnored(HOOK.event("brand_new_event", "{\"action\": \"done\"}"), "not-a-trigger");
	}

	@Test
	void deliveryWhenItsRepositoryIsNotOnboardedIsIgnored() {
		Hook stranger = new Hook("stranger/thing", 4004, SECRET);
		JsonNode answer = stranger.send(api, stranger.release("v1.0.0")).json();
		assertThat(answer.path("reason").asText()).isEqualTo("repository-not-onboarded");
	}

	@Test
	void pingWhenSentIsAnsweredAndNotStored() {
		Delivery ping = HOOK.event("ping", "{\"zen\": \"Speak like a human.\"}");
		assertThat(HOOK.send(api, ping).body()).isEqualTo("{\"outcome\":\"pong\"}");
		assertNotStored(ping);
	}

	private static HttpRequest.Builder unsigned(Delivery delivery) {
		return api.anonymous("/webhooks/github")
			.header("Content-Type", "application/json")
			.header("X-GitHub-Event", delivery.event())
			.header("X-GitHub-Delivery", delivery.guid())
			.POST(HttpRequest.BodyPublishers.ofByteArray(delivery.body()));
	}

	private static void assertRefused(Delivery delivery, Api.Answer answer, String problem) {
		assertThat(answer.problem()).isEqualTo(problem);
		assertThat(answer.body()).doesNotContain(SECRET).doesNotContain(HOOK.signature(delivery.body()));
		assertNotStored(delivery);
	}

	private static void assertNotStored(Delivery delivery) {
		assertThat(api.get("/api/v1/deliveries/" + delivery.guid()).problem()).isEqualTo("404 delivery-not-found");
	}

	private static void assertIgnored(Delivery delivery, String reason) {
		Api.Answer answer = HOOK.send(api, delivery);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.json().path("outcome").asText()).isEqualTo("ignored");
		assertThat(answer.json().path("reason").asText()).isEqualTo(reason);
		assertThat(outcome(delivery.guid())).isEqualTo("ignored " + reason);
	}

	private static String accepted(Delivery delivery) {
		Api.Answer answer = HOOK.send(api, delivery);
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		assertThat(answer.json().path("outcome").asText()).isEqualTo("accepted");
		return answer.json().path("delivery").asText();
	}

	private static String outcome(String guid) {
		JsonNode delivery = api.awaitPlanned(guid);
		return (delivery.path("outcome").asText() + " " + delivery.path("reason").asText()).strip();
	}

	private static void assertOneBuild(String tag) {
		List<JsonNode> builds = api.builds(REPOSITORY, "refs/tags/" + tag);
		assertThat(builds).as("builds of " + tag).hasSize(1);
		JsonNode build = api.awaitEnd(builds.getFirst().path("id").asText());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		assertThat(US.layout().tags()).containsEntry(tag, build.path("digest").asText());
	}

	/** What GitHub sends when somebody writes a release and its tag in the browser. */
	private static List<Delivery> publishedInTheBrowser(String tag) {
		return List.of(HOOK.release("created", tag, false), HOOK.event("push", """
				{"ref": "refs/tags/%s", "after": "%s", "deleted": false, "head_commit": null}""".formatted(tag,
				commit)), HOOK.release(tag), HOOK.release("released", tag, false));
	}

	private static List<List<Integer>> permutations(List<Integer> items) {
		if (items.isEmpty()) {
			return List.of(List.of());
		}
		List<List<Integer>> all = new ArrayList<>();
		for (Integer first : items) {
			List<Integer> others = items.stream().filter((item) -> !item.equals(first)).toList();
			permutations(others).forEach((rest) -> {
				List<Integer> one = new ArrayList<>(List.of(first));
				one.addAll(rest);
				all.add(one);
			});
		}
		return all;
	}

	private static String nested(int levels) {
		return "[".repeat(levels) + "]".repeat(levels);
	}

}
