package dev.imagefactory.api;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.planning.BuildRequests.BuildRequest;
import dev.imagefactory.planning.BuildRequests.RequestAnswer;
import dev.imagefactory.planning.BuildRequests.Target;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import dev.imagefactory.source.GitRef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** POST /api/v1/builds. */
@ResourceLock(Slice.LOCK)
class OrderingTests {

	private static final String MAIN = "{\"repository\":\"acme/app\",\"ref\":\"refs/heads/main\"}";

	@BeforeEach
	void reset() {
		Slice.reset();
	}

	@Test
	void orderWhenAcceptedTellsTheBuildsAndTheFirstPlace() {
		HttpResponse<String> answer = order(MAIN, null);
		assertThat(answer.statusCode()).isEqualTo(202);
		JsonNode build = Slice.json(answer).get("builds").get(0);
		assertThat(build.fieldNames()).toIterable().containsExactly("id", "image", "url");
		assertThat(build.get("image").asText()).isEqualTo("payments/app");
		assertThat(build.get("url").asText())
			.isEqualTo("https://images.example.com/api/v1/builds/" + build.get("id").asText());
		assertThat(answer.headers().firstValue("Location")).contains(build.get("url").asText());
		BuildRequest asked = Slice.requests.asked.getFirst();
		assertThat(asked.target()).isEqualTo(new Target.Ref(GitRef.of("refs/heads/main")));
		assertThat(asked.actor()).isEqualTo("admin");
		assertThat(asked.requestId()).matches("[0-9A-Z]{26}");
		assertThat(asked.bulk()).isFalse();
		assertThat(Slice.memory.audit.rows).containsExactly(
				"admin build.request %s acme/app, request %s".formatted(build.get("id").asText(), asked.requestId()));
	}

	@Test
	void orderWhenEveryFieldIsGivenPassesItOn() {
		order("{\"repository\":\"acme/app\",\"release\":\"v1\",\"image\":\"payments/app\",\"priority\":\"bulk\"}",
				null);
		BuildRequest asked = Slice.requests.asked.getFirst();
		assertThat(asked.target()).isEqualTo(new Target.Release("v1"));
		assertThat(asked.image()).hasToString("payments/app");
		assertThat(asked.bulk()).isTrue();
		order("{\"repository\":\"acme/app\",\"commit\":\"" + Samples.COMMIT + "\"}", null);
		assertThat(Slice.requests.asked.getLast().target()).isEqualTo(new Target.Commit(Samples.COMMIT));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "null", "[]", "{", "{}x", "\"text\"", "{}", "{\"repository\":\"acme/app\"}",
			"{\"ref\":\"refs/heads/main\"}", "{\"repository\":\"acme\",\"ref\":\"refs/heads/main\"}",
			"{\"repository\":null,\"ref\":\"refs/heads/main\"}", "{\"repository\":7,\"ref\":\"refs/heads/main\"}",
			"{\"repository\":[\"acme/app\"],\"ref\":\"refs/heads/main\"}",
			"{\"repository\":\"acme/app\",\"ref\":\"main\"}",
			"{\"repository\":\"acme/app\",\"ref\":\"refs/heads/a..b\"}",
			"{\"repository\":\"acme/app\",\"ref\":\"refs/pull/1/head\"}",
			"{\"repository\":\"acme/app\",\"commit\":\"abc\"}", "{\"repository\":\"acme/app\",\"commit\":true}",
			"{\"repository\":\"acme/app\",\"release\":\"\"}",
			"{\"repository\":\"acme/app\",\"release\":\"refs/tags/v1\"}",
			"{\"repository\":\"acme/app\",\"release\":\"v 1\"}",
			"{\"repository\":\"acme/app\",\"ref\":\"refs/heads/main\",\"release\":\"v1\"}",
			"{\"repository\":\"acme/app\",\"release\":\"v1\",\"image\":\"UPPER\"}",
			"{\"repository\":\"acme/app\",\"release\":\"v1\",\"priority\":\"high\"}",
			"{\"repository\":\"acme/app\",\"release\":\"v1\",\"unknown\":1}",
			"{\"repository\":\"acme/app\",\"release\":\"v1\",\"release\":\"v2\"}",
			"{\"repository\":\"acme/app\",\"release\":\"v1\"} {}", "{'repository':'acme/app'}",
			"{\"repository\":\"acme/app\",\"release\":\"v1\",}", "{\"repository\":\"acme/app\",\"release\":NaN}",
			"{/**/\"repository\":\"acme/app\",\"release\":\"v1\"}",
			"\uFEFF{\"repository\":\"acme/app\",\"release\":\"v1\"}" })
	void orderWhenTheBodyIsWrongIsRefused(String body) {
		BuildsApiTests.expect(order(body, null), 400, "invalid-body");
		assertThat(Slice.requests.asked).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "`` | There is no body; expected is a JSON object.",
			"[] | The body is not a JSON object; expected is one, such as {\"name\": \"value\"}.",
			"{} {} | Something stands after the JSON object in the body; expected is nothing more.",
			"{\"ref\":[\"a\"]} | Field 'ref': expected is a text in quotes.",
			"{\"ref\":7} | Field 'ref': expected is a text in quotes.",
			"{\"ref\":\"a\",\"ref\":\"b\"} | The body is not strict JSON: a field is given twice, line 1 column 17.",
			"{\"repository\":\"acme/app\",\"release\":\"a b\"} | Field 'release': 'a b' is not a release: expected the name of a tag as git-check-ref-format accepts it." })
	void orderWhenTheBodyIsWrongSaysWhatIsWrongAndWhatIsExpected(String body, String detail) {
		assertThat(BuildsApiTests.expect(order(body, null), 400, "invalid-body").get("detail").asText())
			.isEqualTo(detail);
	}

	@Test
	void orderWhenAFieldHasAnotherTypeNamesIt() {
		assertThat(BuildsApiTests.expect(order("{\"ref\":7}", null), 400, "invalid-body").get("field").asText())
			.isEqualTo("ref");
	}

	@Test
	void orderWhenDeeplyNestedOrNotUtf8IsRefused() {
		BuildsApiTests.expect(order("[".repeat(30_000), null), 400, "invalid-body");
		HttpRequest.Builder utf16 = Slice.admin("/api/v1/builds")
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofByteArray(MAIN.getBytes(StandardCharsets.UTF_16)));
		BuildsApiTests.expect(Slice.send(utf16), 400, "invalid-body");
	}

	@Test
	void orderWhenTheBodyIsLargeOrOfAnotherTypeIsRefused() {
		BuildsApiTests.expect(order(" ".repeat(64 * 1024) + MAIN, null), 413, "body-too-large");
		HttpRequest.Builder form = Slice.admin("/api/v1/builds")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString("repository=acme%2Fapp"));
		assertThat(BuildsApiTests.expect(Slice.send(form), 415, "unsupported-media-type").get("detail").asText())
			.isEqualTo(
					"The body came as application/x-www-form-urlencoded. /api/v1/builds takes application/json: send it as that, with a Content-Type that says so.");
		HttpRequest.Builder none = Slice.admin("/api/v1/builds").POST(HttpRequest.BodyPublishers.ofString(MAIN));
		BuildsApiTests.expect(Slice.send(none), 415, "unsupported-media-type");
	}

	@Test
	void orderWhenPlanningSaysNoTellsWhy() {
		Slice.requests.next = new RequestAnswer.NotOnboarded();
		assertThat(BuildsApiTests.expect(order(MAIN, null), 404, "repository-not-onboarded").get("detail").asText())
			.contains("acme/app");
		Slice.requests.next = new RequestAnswer.RefNotFound("There is no branch main.");
		assertThat(BuildsApiTests.expect(order(MAIN, null), 422, "ref-not-found").get("detail").asText())
			.isEqualTo("There is no branch main.");
		Slice.requests.next = new RequestAnswer.Refused("tag-reserved", "The tag latest is reserved.");
		assertThat(BuildsApiTests.expect(order(MAIN, null), 422, "request-refused").get("reason").asText())
			.isEqualTo("tag-reserved");
		Slice.requests.next = new RequestAnswer.RepositoryUnreachable("github.com did not answer.");
		HttpResponse<String> answer = order(MAIN, null);
		BuildsApiTests.expect(answer, 503, "repository-unreachable");
		assertThat(answer.headers().firstValue("Retry-After")).isPresent();
		assertThat(Slice.memory.audit.rows).isEmpty();
	}

	@Test
	void keyWhenSentTwiceGivesTheSameAnswerAndOneBuild() {
		String key = UUID.randomUUID().toString();
		HttpResponse<String> first = order(MAIN, key);
		HttpResponse<String> second = order(MAIN, key);
		assertThat(second.statusCode()).isEqualTo(202);
		assertThat(second.body()).isEqualTo(first.body());
		assertThat(second.headers().firstValue("Location")).isEqualTo(first.headers().firstValue("Location"));
		assertThat(Slice.requests.asked).hasSize(1);
		assertThat(Slice.memory.builds.all).hasSize(1);
	}

	@Test
	void keyWhenSentWithAnotherBodyIsRefused() {
		String key = UUID.randomUUID().toString();
		order(MAIN, key);
		BuildsApiTests.expect(order(MAIN + " ", key), 422, "idempotency-key-reused");
		assertThat(Slice.requests.asked).hasSize(1);
	}

	@Test
	void keyWhenTheFirstTryMadeNothingMayTryAgainUnderTheSameRequest() {
		String key = UUID.randomUUID().toString();
		Slice.requests.next = new RequestAnswer.RepositoryUnreachable("github.com did not answer.");
		assertThat(order(MAIN, key).statusCode()).isEqualTo(503);
		Slice.requests.next = null;
		assertThat(order(MAIN, key).statusCode()).isEqualTo(202);
		assertThat(Slice.requests.asked).hasSize(2)
			.extracting(BuildRequest::requestId)
			.containsOnly(Slice.requests.asked.getFirst().requestId());
	}

	@Test
	void keyWhenTheAnswerWasLostGivesTheSameBuild() {
		String key = UUID.randomUUID().toString();
		Slice.requests.beforeAnswer = () -> {
			throw new IllegalStateException("crashed after the builds were stored");
		};
		assertThat(order(MAIN, key).statusCode()).isEqualTo(500);
		Slice.requests.beforeAnswer = () -> {
		};
		HttpResponse<String> answer = order(MAIN, key);
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(Slice.memory.builds.all.keySet()).singleElement()
			.hasToString(Slice.json(answer).get("builds").get(0).get("id").asText());
	}

	@Test
	void keyWhenSentManyTimesAtOnceMakesOneBuild() throws Exception {
		String key = UUID.randomUUID().toString();
		CountDownLatch slow = new CountDownLatch(1);
		Slice.requests.beforeAnswer = () -> {
			try {
				slow.await(200, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		};
		try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
			List<Callable<String>> all = IntStream.range(0, 16)
				.mapToObj((i) -> (Callable<String>) () -> order(MAIN, key).body())
				.toList();
			assertThat(executor.invokeAll(all).stream().map(Future::resultNow).distinct()).hasSize(1);
		}
		assertThat(Slice.memory.builds.all).hasSize(1);
		assertThat(Slice.requests.asked).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "with space", "tab\tinside" })
	void keyWhenMalformedIsRefused(String key) {
		BuildsApiTests.expect(order(MAIN, key), 400, "invalid-header");
		BuildsApiTests.expect(order(MAIN, "x".repeat(256)), 400, "invalid-header");
		assertThat(order(MAIN, "x".repeat(255)).statusCode()).isEqualTo(202);
	}

	private static HttpResponse<String> order(String body, String key) {
		HttpRequest.Builder request = Slice.post(Slice.admin("/api/v1/builds"), body);
		if (key != null) {
			request.header("Idempotency-Key", key);
		}
		return Slice.send(request);
	}

}
