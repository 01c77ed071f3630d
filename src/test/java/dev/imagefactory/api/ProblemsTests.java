package dev.imagefactory.api;

import java.lang.reflect.Field;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpStatusCode;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
@ResourceLock(Slice.LOCK)
@ResourceLock(Resources.SYSTEM_OUT)
class ProblemsTests {

	private static final Path DOCS = Path.of("docs/reference/problems.md");

	@BeforeEach
	void reset() {
		Slice.reset();
	}

	@Test
	void docsWhenComparedWithTheTableAreTheSame() throws Exception {
		String rows = Arrays.stream(ProblemType.values())
			.map((type) -> "| `%s` | %d | %s | %s |".formatted(type.slug(), type.code(), type.meaning(), type.advice()))
			.collect(Collectors.joining("\n"));
		assertThat(Files.readString(DOCS)).contains(rows + "\n");
		assertThat(Files.readString(DOCS).lines().filter((line) -> line.startsWith("| `")))
			.hasSize(ProblemType.values().length);
	}

	@ParameterizedTest
	@EnumSource(ProblemType.class)
	void pageWhenAnyTypeExplainsIt(ProblemType type) {
		HttpResponse<String> answer = Slice.send(Slice.anonymous(type.path()));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("text/html");
		assertThat(answer.body()).contains(type.title(), type.path());
		assertThat(Slice.send(Slice.anonymous("/problems")).body()).contains(type.path());
	}

	@Test
	void pageWhenThereIsNoSuchTypeIsNotFound() {
		BuildsApiTests.expect(Slice.send(Slice.anonymous("/problems/x")), 404, "not-found");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/v1/nothing", "/api/v1", "/api/v2/builds", "/api/v1/builds/", "/api/v1/repositories",
			"/api/v1/sweeps", "/api/v1/tokens" })
	void pathWhenUnknownIsNotFound(String path) {
		BuildsApiTests.expect(Slice.send(Slice.admin(path)), 404, "not-found");
		BuildsApiTests.expect(Slice.send(Slice.post(Slice.admin(path), "{}")), 404, "not-found");
	}

	@Test
	void methodWhenNotTakenNamesThoseThatAre() {
		HttpResponse<String> answer = Slice
			.send(Slice.admin("/api/v1/builds").method("DELETE", HttpRequest.BodyPublishers.noBody()));
		BuildsApiTests.expect(answer, 405, "method-not-allowed");
		assertThat(answer.headers().firstValue("Allow")).get().asString().contains("GET", "POST");
		assertThat(detail(answer)).isEqualTo("/api/v1/builds takes no DELETE, but GET and POST.");
	}

	@Test
	void acceptWhenNotServedIsRefused() {
		HttpResponse<String> answer = Slice.send(Slice.admin("/api/v1/builds").header("Accept", "image/png"));
		BuildsApiTests.expect(answer, 406, "not-acceptable");
		assertThat(detail(answer))
			.isEqualTo("The Accept header does not take what /api/v1/builds answers with: application/json.");
	}

	@Test
	void pathWhenUnknownIsNamedWithThePlaceToLook() {
		assertThat(detail(Slice.send(Slice.admin("/api/v1/nothing"))))
			.isEqualTo("There is nothing under /api/v1/nothing. /v3/api-docs and /swagger-ui.html show what there is.");
	}

	private static String detail(HttpResponse<String> answer) {
		return Slice.json(answer).get("detail").asText();
	}

	@Test
	void databaseWhenSilentIsUnavailable() {
		for (RuntimeException ex : List.of(new DataAccessResourceFailureException("no connection to jdbc:secret"),
				new QueryTimeoutException("too slow"), new CannotCreateTransactionException("no connection"),
				new TransactionSystemException("no connection to roll back"))) {
			Slice.memory.builds.failure = ex;
			HttpResponse<String> answer = Slice.send(Slice.admin("/api/v1/builds"));
			BuildsApiTests.expect(answer, 503, "unavailable");
			assertThat(answer.headers().firstValue("Retry-After")).contains("5");
			assertThat(answer.body()).doesNotContain("secret");
		}
	}

	@Test
	void changeWhenSomebodyWasFasterIsAConflict() {
		Slice.memory.builds.failure = new BuildChanged(BuildId.next(Samples.START));
		BuildsApiTests.expect(Slice.send(Slice.admin("/api/v1/builds")), 409, "changed-meanwhile");
	}

	@Test
	void failureWhenUnexpectedTellsAnIdAndNothingElse(CapturedOutput output) {
		Slice.memory.builds.failure = new IllegalStateException("the inner secret");
		HttpResponse<String> answer = Slice.send(Slice.admin("/api/v1/builds"));
		JsonNode json = BuildsApiTests.expect(answer, 500, "internal");
		assertThat(answer.body()).doesNotContain("secret", "Exception", "dev.imagefactory");
		String id = json.get("requestId").asText();
		assertThat(id).matches("[0-9A-Z]{26}");
		assertThat(output).contains("Request " + id).contains("the inner secret");
	}

	/** intake may not import this table, so it has words of its own: all must be here. */
	@Test
	void webhooksWhenTheyRefuseUseTypesOfThisTable() throws Exception {
		Class<?> problem = Class.forName("dev.imagefactory.intake.web.Problem");
		assertThat(problem.getEnumConstants()).isNotEmpty().allSatisfy((each) -> {
			ProblemType type = ProblemType.of((String) value(each, "slug")).orElseThrow();
			assertThat(value(each, "status")).isEqualTo(type.code());
		});
	}

	private static Object value(Object each, String name) throws ReflectiveOperationException {
		Field field = each.getClass().getDeclaredField(name);
		field.setAccessible(true);
		return field.get(each);
	}

	@Test
	void statusWhenOfAnyKindHasAType() {
		assertThat(List.of(400, 401, 403, 404, 405, 406, 408, 413, 415, 500, 502, 503)).allSatisfy((code) -> {
			ProblemType type = Problems.ofStatus(HttpStatusCode.valueOf(code));
			assertThat(type.status().is4xxClientError()).isEqualTo(code < 500);
		});
	}

}
