package dev.imagefactory.api;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.build.Build;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.RepositoryPattern;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.planning.DryRun.Foreseen;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** POST /api/v1/decisions. */
@ResourceLock(Slice.LOCK)
class DecisionsApiTests {

	private static final String RELEASE = body(SignedDelivery.release("acme/app", 7, "v1.2.3"), "release");

	@BeforeEach
	void reset() {
		Slice.reset();
		onboard("payments");
	}

	private static void onboard(String prefix) {
		RepositoryName name = RepositoryName.of("acme/app");
		RepositoryRule rule = new RepositoryRule(RepositoryPattern.of("acme/*"), Provider.GITHUB, null, List.of(), null,
				false, null, null, List.of(), false);
		Team team = new Team(TeamName.of("payments"), ImageName.of(prefix), ArgoIdentity.standard(),
				GatePolicy.standard(), List.of(rule));
		Slice.memory.onboarding.repositories.put(name, new OnboardedRepository(name, team, rule,
				ImageName.of("payments/app"), URI.create("https://github.example/acme/app.git")));
	}

	private static String body(SignedDelivery delivery, String event) {
		return "{\"event\":\"%s\",\"payload\":%s}".formatted(event,
				new String(delivery.body(), StandardCharsets.UTF_8));
	}

	private static Decided decided(DeliveryOutcome outcome, String reason, DeliveryId duplicateOf) {
		return new Decided(outcome, reason, (reason != null) ? "Why." : null,
				List.of(new RuleVerdict("draft", null, RuleVerdict.Verdict.PASS, "It is no draft.")), duplicateOf);
	}

	private static HttpResponse<String> decide(String body) {
		return Slice.send(Slice.admin("/api/v1/decisions")
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	@Test
	void decideWhenItWouldBeBuiltShowsTagsAndWorkflow() {
		Build build = Samples.queued(Slice.now());
		Slice.dryRun.next = new Foreseen(decided(DeliveryOutcome.BUILT, null, null), List.of(build));
		HttpResponse<String> answer = decide(RELEASE);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		JsonNode decision = Slice.json(answer);
		assertThat(decision.fieldNames()).toIterable().containsExactly("outcome", "rules", "builds");
		assertThat(decision.get("outcome").asText()).isEqualTo("built");
		assertThat(decision.at("/rules/0"))
			.hasToString("{\"rule\":\"draft\",\"verdict\":\"pass\",\"detail\":\"It is no draft.\"}");
		JsonNode shown = decision.at("/builds/0");
		assertThat(shown.fieldNames()).toIterable().containsExactly("image", "tags", "commit", "workflow");
		assertThat(shown.get("image").asText()).isEqualTo("payments/app");
		assertThat(shown.get("tags")).hasToString("[\"v1.2.3\",\"sha-0123456789ab\"]");
		assertThat(shown.get("commit").asText()).isEqualTo(Samples.COMMIT.value());
		assertThat(shown.at("/workflow/kind").asText()).isEqualTo("Workflow");
		assertThat(shown.at("/workflow/metadata/name").asText()).isEqualTo(build.id().value());
		assertThat(shown.at("/workflow/spec/workflowTemplateRef/name").asText()).isEqualTo("image-build-v1");
		assertThat(shown.at("/workflow/spec").fieldNames()).toIterable()
			.containsExactlyInAnyOrder("arguments", "workflowTemplateRef");
		assertThat(Slice.dryRun.asked.getFirst()).isInstanceOf(GitHubEvent.Release.class);
		assertThat(Slice.memory.deliveries.all).isEmpty();
		assertThat(Slice.memory.builds.all).isEmpty();
		assertThat(Slice.memory.audit.rows).isEmpty();
	}

	@Test
	void decideWhenNothingWouldBeBuiltSaysWhy() {
		DeliveryId first = DeliveryId.next(Slice.now());
		Slice.dryRun.next = new Foreseen(decided(DeliveryOutcome.DUPLICATE, null, first), List.of());
		JsonNode duplicate = Slice.json(decide(RELEASE));
		assertThat(duplicate.get("outcome").asText()).isEqualTo("duplicate");
		assertThat(duplicate.get("duplicateOf").asText()).isEqualTo(first.value());
		assertThat(duplicate.get("builds")).isEmpty();
		Slice.dryRun.next = new Foreseen(decided(DeliveryOutcome.FAILED, "tag-moved", null), List.of());
		assertThat(Slice.json(decide(RELEASE)).get("reason").asText()).isEqualTo("tag-moved");
		assertThat(Slice.json(decide(body(SignedDelivery.ping("acme/app", 7), "ping"))))
			.hasToString("{\"outcome\":\"pong\",\"rules\":[],\"builds\":[]}");
	}

	@Test
	void decideWhenItCannotBeRenderedSaysWhichFieldAndStillDecides() {
		onboard("search");
		Slice.dryRun.next = new Foreseen(decided(DeliveryOutcome.BUILT, null, null),
				List.of(Samples.queued(Slice.now())));
		JsonNode build = Slice.json(decide(RELEASE)).at("/builds/0");
		assertThat(build.has("workflow")).isFalse();
		assertThat(build.get("workflowRefused").asText()).contains("its image payments/app is neither below search");
	}

	@Test
	void decideWhenTheRepositoryIsSilentIsUnavailable() {
		assertThat(BuildsApiTests.expect(decide(RELEASE), 503, "repository-unreachable").get("detail").asText())
			.isEqualTo("The repository did not answer.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "{}", "{\"event\":\"release\"}", "{\"payload\":{}}",
			"{\"event\":\"release\",\"payload\":null}", "{\"event\":\"Release\",\"payload\":{}}",
			"{\"event\":\"\",\"payload\":{}}", "{\"event\":7,\"payload\":{}}",
			"{\"event\":\"release\",\"payload\":{},\"dryRun\":true}",
			"{\"event\":\"release\",\"payload\":{\"action\":\"a\",\"action\":\"b\"}}",
			"{\"event\":\"release\",\"payload\":{}} {}" })
	void decideWhenTheBodyIsWrongIsRefused(String body) {
		BuildsApiTests.expect(decide(body), 400, "invalid-body");
		assertThat(Slice.dryRun.asked).isEmpty();
	}

	@Test
	void decideWhenADeliveryWouldBeRefusedIsRefusedToo() {
		BuildsApiTests.expect(decide("{\"event\":\"release\",\"payload\":{}}"), 422, "payload-shape");
		BuildsApiTests.expect(decide("{\"event\":\"release\",\"payload\":[]}"), 422, "payload-shape");
		BuildsApiTests.expect(decide(body(SignedDelivery.release("acme/pinned", 7, "v1"), "release")), 422,
				"repository-identity");
		String deep = "{\"event\":\"release\",\"payload\":%s}".formatted("[".repeat(200) + "]".repeat(200));
		BuildsApiTests.expect(decide(deep), 400, "invalid-body");
		BuildsApiTests.expect(decide(" ".repeat(1024 * 1024) + RELEASE), 413, "body-too-large");
		assertThat(Slice.dryRun.asked).isEmpty();
	}

	@Test
	void decideWhenTheTagIsNoUnicodeReadsItAsADeliveryWould() {
		Slice.dryRun.next = new Foreseen(decided(DeliveryOutcome.FAILED, "ref-unusable", null), List.of());
		assertThat(decide(RELEASE.replace("v1.2.3", "v\\ud800")).statusCode()).isEqualTo(200);
		assertThat(Slice.dryRun.asked.getFirst()).isInstanceOfSatisfying(GitHubEvent.Release.class,
				(release) -> assertThat(release.tagName()).isEqualTo("v\ud800"));
	}

	@Test
	void decideWhenNotSignedInIsRefused() {
		BuildsApiTests.expect(Slice.send(Slice.anonymous("/api/v1/decisions")
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(RELEASE))), 401, "sign-in-required");
	}

}
