package dev.imagefactory.engine.argo;

import java.util.stream.Stream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.List;
import java.time.Instant;
import java.lang.reflect.Proxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.engine.RunPages;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.LintVerdict;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.StrictArgoServer.Fault;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.registry.oci.TestCertificate;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Lint of rendered Workflows, and what stands around every call of an Argo Server. */
@Timeout(30)
class ArgoServerLintTests {

	private final StrictArgoServer real = new StrictArgoServer();

	private final Run run = TestRuns.release();

	@TempDir
	Path folder;

	private Path token;

	@BeforeEach
	void token() throws IOException {
		this.token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN + "\n");
		this.real.templates.add("builds/image-build-v1");
	}

	@AfterEach
	void close() {
		assertThat(this.real.requests).allMatch((line) -> line.startsWith("POST /argo/api/v1/workflows/builds/lint"));
		this.real.close();
	}

	private ArgoServer server() {
		return TestArgoServer.of(this.real.address(), this.token, TestArgoServer.guard(TestArgoServer.PATIENCE));
	}

	private ArgoServer hasty() {
		return TestArgoServer.of(this.real.address(), this.token, TestArgoServer.guard(TestArgoServer.HASTE));
	}

	private void assertUnseen(LintVerdict verdict, String words) {
		assertThat(verdict).isInstanceOfSatisfying(LintVerdict.Unseen.class,
				(unseen) -> assertThat(unseen.detail()).startsWith("Not linted, because the Argo Server ")
					.contains(words)
					.endsWith(".")
					.doesNotContain(StrictArgoServer.TOKEN));
	}

	@Test
	void lintWhenTheWorkflowIsGoodSaysSo() {
		assertThat(server().lint(this.run)).isEqualTo(new LintVerdict.Good());
		assertThat(this.real.requests).containsExactly("POST /argo/api/v1/workflows/builds/lint");
	}

	@Test
	void lintWhenTheTemplateIsNotInstalledIsWrongInTheWordsOfTheServer() {
		this.real.templates.clear();
		assertThat(server().lint(this.run)).isEqualTo(new LintVerdict.Wrong(
				"The Argo Server says: workflowtemplates.argoproj.io \"image-build-v1\" not found"));
	}

	@ParameterizedTest
	@CsvSource({ "500, 2", "400, 3", "404, 5", "400, 9" })
	void lintWhenTheServerSpeaksOfTheWorkflowIsWrongAndAskedOnce(int status, int code) {
		this.real.always("lint", Fault.error(status, code, "templates.pipeline invalid:\nfield \u0007 x"));
		ArgoServer server = server();
		for (int i = 0; i < 5; i++) {
			assertThat(server.lint(this.run)).isInstanceOfSatisfying(LintVerdict.Wrong.class,
					(wrong) -> assertThat(wrong.detail()).contains("templates.pipeline invalid").doesNotContain("\n"));
		}
		assertThat(this.real.requests).hasSize(5);
	}

	@Test
	void lintWhenTheTokenIsMissingOrWrongNamesTheSetting() throws IOException {
		Files.writeString(this.token, "another");
		assertUnseen(server().lint(this.run), "answered 401 (Unauthorized); give a token");
		ArgoServer nobody = TestArgoServer.of(this.real.address(), null, TestArgoServer.guard(TestArgoServer.PATIENCE));
		assertUnseen(nobody.lint(this.run), "answered 401 (token not valid.");
		this.real.always("lint", Fault.error(403, 7, "Permission denied"));
		assertUnseen(server().lint(this.run), "answered 403 (Permission denied); give the account");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "two words", "line\nbreak", "\u00e9" })
	void lintWhenTheFileHoldsNoTokenIsNotAsked(String content) throws IOException {
		Files.writeString(this.token, content);
		assertUnseen(server().lint(this.run), "holds no token");
		Files.delete(this.token);
		assertUnseen(server().lint(this.run), "cannot be read");
		assertThat(this.real.requests).isEmpty();
	}

	@Test
	void lintWhenTheTokenChangesSpeaksWithTheNewOne() throws IOException {
		ArgoServer server = server();
		assertThat(server.lint(this.run)).isEqualTo(new LintVerdict.Good());
		this.real.token = "the-next-token";
		Files.writeString(this.token, "Bearer the-next-token\n");
		assertThat(server.lint(this.run)).isEqualTo(new LintVerdict.Good());
	}

	@Test
	void lintWhenOneAnswerIsLostIsAskedOnceMore() {
		this.real.once("lint", Fault.error(503, 14, "transport is closing"));
		assertThat(server().lint(this.run)).isEqualTo(new LintVerdict.Good());
		assertThat(this.real.requests).hasSize(2);
	}

	@ParameterizedTest
	@CsvSource({ "500, 13", "503, 14", "429, 8", "408, 1" })
	void lintWhenTheServerIsInTroubleIsUnseen(int status, int code) {
		this.real.always("lint", Fault.error(status, code, "dial tcp: refused"));
		assertUnseen(server().lint(this.run), "answered %d (dial tcp: refused)".formatted(status));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			200 | text/html | <html>Sign in</html>
			200 | application/json | <html>Sign in</html>
			200 | application/json | {"metadata":{"name":"another","namespace":"builds"},"spec":{}}
			200 | application/json | {"spec":{}}
			200 | application/json | null
			200 | application/json | []
			200 | application/json | {"metadata":{"name":["x"]}}
			200 | application/json | ''
			204 | application/json | ''
			404 | text/plain | 404 page not found
			404 | application/json | {"code":"5","message":5}
			502 | text/html | <html>Bad gateway</html>
			500 | application/json | {"code":
			""")
	void lintWhenSomethingElseAnswersIsUnseen(int status, String type, String body) {
		this.real.always("lint", Fault.answer(status, type, body));
		assertUnseen(server().lint(this.run), "answer");
	}

	@Test
	void lintWhenItIsSentElsewhereDoesNotGoThere() {
		try (StrictArgoServer other = new StrictArgoServer()) {
			this.real.always("lint", Fault.redirect(other.address() + "/api/v1/workflows/builds/lint"));
			assertUnseen(server().lint(this.run), "answered 302");
			assertThat(other.requests).isEmpty();
		}
	}

	@Test
	void lintWhenNothingIsSaidGivesUpAfterItsLimit() {
		this.real.once("lint", Fault.silent());
		assertUnseen(hasty().lint(this.run), "");
		this.real.once("lint", Fault.halfway());
		assertUnseen(hasty().lint(this.run), "did not answer within 700 ms");
	}

	@Test
	void lintWhenTheAnswerHasNoEndGivesUpBeforeItIsAllHere() {
		this.real.always("lint", Fault.endless());
		assertUnseen(server().lint(this.run), "it has more than 33554432 bytes");
	}

	@Test
	void lintWhenNobodyIsThereIsUnseen() {
		ArgoServer server = server();
		this.real.close();
		assertUnseen(server.lint(this.run), "cannot be reached");
	}

	@Test
	void lintWhenItFailedOftenLeavesTheServerAloneUntilItIsTriedAgain() {
		ArgoServerGuard guard = TestArgoServer.guard(TestArgoServer.PATIENCE);
		ArgoServer server = TestArgoServer.of(this.real.address(), this.token, guard);
		this.real.always("lint", Fault.error(500, 13, "away"));
		IntStream.range(0, 10).forEach((i) -> server.lint(this.run));
		assertThat(this.real.requests).hasSizeLessThan(5);
		assertUnseen(server.lint(this.run), "is left alone for a while");
		this.real.heal();
		guard.breaker().transitionToHalfOpenState();
		assertThat(server.lint(this.run)).isEqualTo(new LintVerdict.Good());
		assertThat(guard.breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
	}

	@Test
	void lintWhenManyAskAtOnceHoldsUpOnlyAFew() {
		this.real.always("lint", Fault.silent());
		ArgoServer server = server();
		Thread.startVirtualThread(() -> server.lint(this.run));
		Thread.startVirtualThread(() -> server.lint(this.run));
		await().atMost(10, TimeUnit.SECONDS).until(() -> this.real.requests.size() == 2);
		assertUnseen(server.lint(this.run), "is busy");
		assertThat(this.real.requests).hasSize(2);
	}

	@Test
	void lintWhenTheCertificateIsOfTheSettingsTrustsIt() {
		TestCertificate certificate = TestCertificate.in(this.folder, "ip:127.0.0.1");
		try (StrictArgoServer secure = new StrictArgoServer(certificate.context())) {
			secure.templates.add("builds/image-build-v1");
			ArgoServerGuard guard = TestArgoServer.guard(TestArgoServer.PATIENCE);
			assertUnseen(TestArgoServer.of(secure.address(), this.token, guard).lint(this.run), "certification path");
			assertThat(secure.requests).isEmpty();
			assertThat(TestArgoServer.of(secure.address(), this.token, certificate.certificate(), guard).lint(this.run))
				.isEqualTo(new LintVerdict.Good());
		}
	}

	@Test
	void pageWhenTheRunIsArgosIsAnAddressAndNobodyIsAsked() {
		ArgoServer server = TestArgoServer.of("https://argo.example.com/argo//", null,
				TestArgoServer.guard(TestArgoServer.PATIENCE));
		assertThat(server.page("argo", this.run.build(), TeamName.of("search")))
			.hasValueSatisfying((page) -> assertThat(page)
				.hasToString("https://argo.example.com/argo/workflows/search-builds/" + this.run.build()));
		assertThat(server.page("local", this.run.build(), TeamName.of("search"))).isEmpty();
		assertThat(server.page(null, this.run.build(), TeamName.of("search"))).isEmpty();
		assertThat(server.page("argo", this.run.build(), TeamName.of("nobody"))).isEmpty();
	}

	@Test
	void pageWhenAListIsShownAsksOnceWhereAllItsRunsWereSent() {
		AtomicInteger asked = new AtomicInteger();
		KnownPlaces none = KnownPlaces.none();
		KnownPlaces counting = (KnownPlaces) Proxy.newProxyInstance(KnownPlaces.class.getClassLoader(),
				new Class<?>[] { KnownPlaces.class }, (proxy, method, arguments) -> {
					asked.incrementAndGet();
					return method.invoke(none, arguments);
				});
		List<BuildId> builds = Stream.generate(() -> BuildId.next(Instant.EPOCH)).limit(50).toList();
		RunPages pages = TestArgoServer.of("https://argo.example.com", counting).together(builds);
		assertThat(builds).allMatch((build) -> pages.page("argo", build, TeamName.of("search")).isPresent());
		assertThat(asked.get()).isOne();
	}

	@Test
	void pageWhenTheTeamHasMovedSinceIsWhereTheRunWasSent() {
		ArgoServer server = TestArgoServer.of("https://argo.example.com",
				new OpenPlaces(Map.of(this.run.build(), "left")));
		assertThat(server.page("argo", this.run.build(), TeamName.of("search"))).hasValueSatisfying(
				(page) -> assertThat(page).hasToString("https://argo.example.com/workflows/left/" + this.run.build()));
		assertThat(server.page("argo", this.run.build(), TeamName.of("nobody"))).as("its Workflow is there")
			.isPresent();
		assertThat(server.page("local", this.run.build(), TeamName.of("search"))).isEmpty();
	}

}
