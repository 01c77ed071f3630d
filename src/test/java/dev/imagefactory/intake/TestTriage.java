package dev.imagefactory.intake;

import java.util.List;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.RuleVerdict.Verdict;
import dev.imagefactory.onboarding.Onboarding;

/** Accepts releases and pushes of onboarded repositories. */
public final class TestTriage implements Triage {

	private final Onboarding onboarding;

	/** With the onboarded repositories to go by. */
	public TestTriage(Onboarding onboarding) {
		this.onboarding = onboarding;
	}

	@Override
	public Decision judge(GitHubEvent event) {
		boolean onboarded = event.repository().flatMap((about) -> this.onboarding.find(about.name())).isPresent();
		if (!onboarded) {
			return ignore("repository-not-onboarded", false);
		}
		return switch (event) {
			case GitHubEvent.Release release -> accept();
			case GitHubEvent.Push push -> accept();
			case GitHubEvent.Ping ping -> ignore("not-a-trigger", true);
			case GitHubEvent.Other other -> ignore("not-a-trigger", true);
		};
	}

	/** An acceptance. */
	public static Decision accept() {
		return new Decision.Accept(List.of(new RuleVerdict("not-a-trigger", null, Verdict.PASS, "It is one")));
	}

	/** An ignore. */
	public static Decision ignore(String reason, boolean onboarded) {
		return new Decision.Ignore(reason, "Because of " + reason, onboarded,
				List.of(new RuleVerdict(reason, null, Verdict.IGNORE, "Because of " + reason)));
	}

}
