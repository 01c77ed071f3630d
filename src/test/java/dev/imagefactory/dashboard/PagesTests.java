package dev.imagefactory.dashboard;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import dev.imagefactory.source.GitRef;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionSystemException;

import static org.assertj.core.api.Assertions.assertThat;

@ResourceLock(Slice.LOCK)
class PagesTests {

	@BeforeEach
	void reset() {
		Slice.reset();
	}

	@Test
	void listWhenEmptySaysWhatToDoNext() {
		assertThat(page("/", 200)).contains("No builds yet", "No repository is onboarded", "/webhooks/github");
		Slice.memory.onboarding.teams.add(new Team(TeamName.of("payments"), ImageName.of("payments"),
				ArgoIdentity.standard(), GatePolicy.standard(), List.of(RepositoryRule.standard("acme/app"))));
		assertThat(page("/", 200))
			.contains("nothing was ordered yet", "curl", "https://images.example.com/api/v1/builds")
			.doesNotContain("No repository is onboarded");
	}

	@Test
	void listWhenThereAreManyLeadsToTheOlderOnes() {
		List<Build> all = IntStream.range(0, 53).mapToObj((i) -> {
			Build build = Samples.queued(Samples.START.plusSeconds(i));
			Slice.memory.builds.add(build);
			return build;
		}).toList();
		String first = page("/", 200);
		assertThat(first).contains("/builds/" + all.get(52).id(), "/builds/" + all.get(3).id())
			.doesNotContain("/builds/" + all.get(2).id());
		assertThat(first).contains("/?before=" + all.get(3).id());
		assertThat(page("/?before=" + all.get(3).id(), 200))
			.contains("/builds/" + all.get(2).id(), "/builds/" + all.get(0).id())
			.doesNotContain("Older");
		assertThat(page("/?before=garbage", 200)).contains("/builds/" + all.get(52).id());
	}

	@Test
	void listWhenBuildsEndedBadlyOrWaitSaysWhy() {
		Stream
			.of(new BuildState.Failed("x", "No Dockerfile; add it"), new BuildState.Errored("x", "Disk full."),
					new BuildState.Waiting("image-pull", "The image cannot be pulled."))
			.forEach((state) -> Slice.memory.builds.add(Samples.in(Samples.queued(Samples.START), state)));
		assertThat(page("/", 200)).contains("No Dockerfile; add it.", "Disk full.",
				"The engine has it and waits: The image cannot be pulled.");
	}

	@Test
	void listWhenBuildsAreOfOneReleaseTellsThemApartByTheirTags() {
		Slice.memory.builds.add(Samples.succeeded(Samples.START));
		assertThat(page("/", 200)).contains("payments/app:v1.2.3").doesNotContain("class=\"why\"");
	}

	@Test
	void buildWhenAStepWasSkippedTellsNoTimeOfIt() {
		StepStatus skipped = new StepStatus(Step.SCAN, StepState.SKIPPED, Samples.START, Samples.START, "No scanner.");
		assertThat(BuildView.StepRow.of(skipped, Samples.START).span()).isEmpty();
	}

	@Test
	void buildWhenSucceededShowsTagsDigestAndFacts() {
		Build build = Samples.succeeded(Samples.START);
		Slice.memory.builds.add(build);
		assertThat(page("/builds/" + build.id(), 200)).contains("payments/app:v1.2.3 is in the registry.",
				Samples.DIGEST.value(), "sha-0123456789ab", Samples.COMMIT.value(), "refs/tags/v1.2.3",
				"2026-11-22 10:00:00 UTC", "The scan lets it pass.",
				"data-events=\"/api/v1/builds/" + build.id() + "/logs\"");
	}

	@Test
	void buildWhenInAnyStateHasASentence() {
		List<BuildState> states = List.of(new BuildState.Queued(), new BuildState.Submitting(),
				new BuildState.Waiting("image-pull", "The image cannot be pulled."), new BuildState.Running(Step.SCAN),
				new BuildState.Rejected("The gate stopped it."), new BuildState.Failed("x", "No Dockerfile."),
				new BuildState.Errored("x", "Disk full."), new BuildState.TimedOut("60 min are over."),
				new BuildState.Lost("Twice not found."), new BuildState.Cancelled(null),
				new BuildState.Superseded("A newer one."));
		states.forEach((state) -> {
			Build build = Samples.in(Samples.queued(Samples.START), state);
			Slice.memory.builds.add(build);
			String sentence = Look.sentence(build);
			assertThat(sentence).endsWith(".");
			assertThat(page("/builds/" + build.id(), 200)).contains(sentence).contains(Look.word(state.name()));
		});
	}

	@Test
	void buildWhenArgoHasItLinksItsPageThere() {
		Build build = Samples.byArgo(Samples.running(Samples.START, Step.BUILD));
		Slice.memory.builds.add(build);
		assertThat(page("/builds/" + build.id(), 200)).contains("Workflow",
				"href=\"https://argo.example.com/a&amp;b/workflows/payments/" + build.id() + "\"");
		Build other = Samples.running(Samples.START, Step.BUILD);
		Slice.memory.builds.add(other);
		assertThat(page("/builds/" + other.id(), 200)).doesNotContain("argo.example.com", "Workflow");
	}

	@Test
	void buildWhenQueuedTellsItsPlace() {
		Build build = Samples.queued(Samples.START);
		Slice.memory.builds.add(build);
		assertThat(page("/builds/" + build.id(), 200)).contains("number 3 in the queue (tag-busy)",
				"data-open=\"true\"");
	}

	@Test
	void buildWhenTriedBeforeLinksTheOtherAttempts() {
		Build first = Samples.in(Samples.queued(Samples.START), new BuildState.Failed("x", "No Dockerfile."));
		Build second = Build.queued(BuildId.next(Samples.START), first.order(), 2, Samples.START);
		Slice.memory.builds.add(first);
		Slice.memory.builds.add(second);
		assertThat(page("/builds/" + second.id(), 200)).contains("Other attempts", "/builds/" + first.id(), "number 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "build-01jqzq4b7v3r5x8k2m9n0p1s6t", "x", "%3Cscript%3Ealert(1)" })
	void buildWhenUnknownIsAPageThatSaysSo(String id) {
		assertThat(page("/builds/" + id, 404)).contains("No such build", "To the latest builds")
			.doesNotContain("<script>alert");
	}

	@Test
	void pageWhenUnknownIsAPageForPeopleAndAProblemForPrograms() {
		assertThat(page("/nothing", 404)).contains("No such page");
		HttpResponse<String> answer = Slice.send(Slice.admin("/nothing"));
		assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
	}

	@Test
	void pageWhenTheDatabaseIsSilentSaysSo() {
		Slice.memory.builds.failure = new DataAccessResourceFailureException("secret");
		assertThat(page("/", 503)).contains("The database does not answer").doesNotContain("secret");
		Slice.memory.builds.failure = new TransactionSystemException("secret");
		assertThat(page("/", 503)).contains("The database does not answer").doesNotContain("secret");
		Slice.memory.builds.failure = new IllegalStateException("secret");
		assertThat(page("/", 500)).contains("Something went wrong", "request 01").doesNotContain("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "<script>alert(1)</script>", "\"><img/src=x/onerror=alert(1)>", "'onmouseover='alert(1)",
			"</title><svg/onload=alert(1)>", "${7777*7777}", "__${7777*7777}__", "{{7777*7777}}", "&lt;b&gt;",
			"javascript:alert(1)", "`-alert(1)-`", "\u202Eevil", "-->", "]]>" })
	void textsWhenHostileAreShownAndNotRun(String text) {
		String ref = text.replaceAll("[ ~^:?*\\[\\\\]", "_");
		Build build = hostile(text, ref.replace("..", "_"));
		Slice.memory.builds.add(build);
		Slice.memory.builds.histories.put(build.id(),
				List.of(new HistoryEntry(Samples.START, StateName.QUEUED, StateName.FAILED, "x", text, text)));
		for (String path : List.of("/", "/builds/" + build.id())) {
			String html = page(path, 200);
			assertThat(html).doesNotContain("<script>alert", "<img/src", "<svg/onload", "'onmouseover='", "60481729");
			if (!path.equals("/")) {
				assertThat(html).contains("_x9 end");
			}
			assertThat(html.split("<script", -1)).hasSize(2);
			assertThat(html).doesNotContain(" onload", " onerror", " style=");
			assertThat(html).doesNotContain("href=\"javascript:");
		}
	}

	private static Build hostile(String text, String ref) {
		Build plain = Samples.queued(Samples.order(GitRef.branch(ref), Trigger.MAIN, "", null, Samples.START),
				Samples.START);
		Build failed = Samples.in(plain, new BuildState.Failed("x", text + "_x9 end"));
		List<StepStatus> steps = List
			.of(new StepStatus(Step.CLONE, StepState.FAILED, Samples.START, Samples.START, text));
		return Samples.with(failed.withSteps(steps),
				Samples.rejected(Samples.START, new Finding(text, text, text, text, Severity.HIGH, text)).image());
	}

	private static String page(String path, int status) {
		HttpResponse<String> answer = Slice.send(Slice.admin(path).header("Accept", "text/html"));
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
		assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("text/html");
		return answer.body();
	}

}
