package dev.imagefactory.planning;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.Triage.Decision;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.RepositoryPattern;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class PayloadRulesTests {

	private static final GitHubEvent.Repository APP = repository("acme/app", false);

	private final PayloadRules rules = new PayloadRules(onboarding(List.of()));

	static Stream<Arguments> ignored() {
		return Stream.of(
				arguments("repository-not-onboarded", release("published", false, repository("acme/x", false))),
				arguments("repository-not-onboarded", release("published", true, repository("acme/x", true))),
				arguments("repository-archived", release("published", true, repository("acme/app", true))),
				arguments("not-a-trigger", new GitHubEvent.Other("opened", APP)),
				arguments("not-a-trigger", new GitHubEvent.Other(null, null)),
				arguments("not-a-trigger", new GitHubEvent.Ping(null)),
				arguments("draft", release("created", true, APP)), arguments("draft", release("published", true, APP)),
				arguments("action-not-published", release("created", false, APP)),
				arguments("action-not-published", release("edited", false, APP)),
				arguments("action-not-published", release("deleted", false, APP)),
				arguments("action-not-published", release("unpublished", false, APP)),
				arguments("action-not-published", release("prereleased", false, APP)),
				arguments("nothing-to-promote", release("released", false, APP)),
				arguments("ref-deleted", push("refs/heads/main", true, null)),
				arguments("ref-deleted", push("refs/tags/v1", true, null)),
				arguments("tag-push", push("refs/tags/v1", false, "x")),
				arguments("branch-not-built", push("refs/heads/other", false, "x")),
				arguments("branch-not-built", push("refs/heads/main/x", false, "x")),
				arguments("branch-not-built", push("refs/notes/main", false, "x")),
				arguments("skip-ci", push("refs/heads/main", false, "Fix [Skip CI] it")),
				arguments("skip-ci", push("refs/heads/main", false, "Fix\n\n[ci skip]")));
	}

	@ParameterizedTest
	@MethodSource("ignored")
	void judgeWhenARuleObjectsGivesTheFirstReason(String reason, GitHubEvent event) {
		Decision decision = this.rules.judge(event);
		assertThat(decision).isInstanceOfSatisfying(Decision.Ignore.class, (ignore) -> {
			assertThat(ignore.reason()).isEqualTo(reason);
			assertThat(ignore.detail()).endsWith(".");
		});
	}

	@Test
	void judgeWhenReleaseIsPublishedAccepts() {
		assertThat(this.rules.judge(release("published", false, APP))).isInstanceOf(Decision.Accept.class);
	}

	@Test
	void judgeWhenDefaultBranchIsPushedAccepts() {
		assertThat(this.rules.judge(push("refs/heads/main", false, "x"))).isInstanceOf(Decision.Accept.class);
		assertThat(this.rules.judge(push("refs/heads/main", false, null))).isInstanceOf(Decision.Accept.class);
	}

	@Test
	void judgeWhenBranchesAreConfiguredBuildsOnlyThose() {
		PayloadRules configured = new PayloadRules(onboarding(List.of("stable", "next")));
		assertThat(configured.judge(push("refs/heads/next", false, "x"))).isInstanceOf(Decision.Accept.class);
		assertThat(configured.judge(push("refs/heads/main", false, "x"))).isInstanceOfSatisfying(Decision.Ignore.class,
				(ignore) -> assertThat(ignore.detail()).contains("stable, next"));
	}

	@Test
	void judgeShowsEveryRuleOnceInOrder() {
		List<RuleVerdict> verdicts = this.rules.judge(release("published", true, APP)).rules();
		assertThat(verdicts).extracting(RuleVerdict::rule)
			.containsExactly("repository-not-onboarded", "repository-archived", "not-a-trigger", "draft",
					"action-not-published", "ref-deleted", "tag-push", "branch-not-built", "skip-ci",
					"nothing-to-promote");
		assertThat(verdicts).extracting((verdict) -> verdict.verdict().name().toLowerCase())
			.containsExactly("pass", "pass", "pass", "ignore", "skipped", "skipped", "skipped", "skipped", "skipped",
					"skipped");
	}

	@Test
	void judgeWhenNobodyOnboardedTheRepositorySaysSo() {
		assertThat(this.rules.judge(release("published", false, repository("acme/x", false))))
			.isInstanceOfSatisfying(Decision.Ignore.class, (ignore) -> assertThat(ignore.onboarded()).isFalse());
		assertThat(this.rules.judge(release("created", false, APP))).isInstanceOfSatisfying(Decision.Ignore.class,
				(ignore) -> assertThat(ignore.onboarded()).isTrue());
	}

	private static GitHubEvent.Repository repository(String name, boolean archived) {
		return new GitHubEvent.Repository(RepositoryId.github(1), RepositoryName.of(name), "main", archived);
	}

	private static GitHubEvent release(String action, boolean draft, GitHubEvent.Repository repository) {
		return new GitHubEvent.Release(action, "v1", draft, false, repository);
	}

	private static GitHubEvent push(String ref, boolean deleted, @Nullable String message) {
		return new GitHubEvent.Push(ref, "1".repeat(40), deleted, message, APP);
	}

	private static Onboarding onboarding(List<String> branches) {
		RepositoryRule rule = new RepositoryRule(RepositoryPattern.of("acme/app"), Provider.GITHUB, null, branches,
				null, false, null, null, List.of(), false);
		Team team = new Team(TeamName.of("test"), ImageName.of("test"), ArgoIdentity.standard(), GatePolicy.standard(),
				List.of(rule));
		return new Onboarding() {

			@Override
			public Optional<OnboardedRepository> find(RepositoryName name) {
				return rule.pattern().matches(name) ? Optional.of(new OnboardedRepository(name, team, rule,
						ImageName.of("test/app"), URI.create("https://localhost/acme/app.git"))) : Optional.empty();
			}

			@Override
			public List<Team> teams() {
				return List.of(team);
			}

		};
	}

}
