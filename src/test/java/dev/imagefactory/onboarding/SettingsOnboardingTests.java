package dev.imagefactory.onboarding;

import java.net.URI;
import java.util.List;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsOnboardingTests {

	private static final URI GITHUB = URI.create("https://github.com");

	private final Onboarding onboarding = new SettingsOnboarding(
			List.of(team("platform", RepositoryRule.standard("acme/*")),
					team("payments", RepositoryRule.standard("Acme/App"), own("acme/own")),
					team("late", RepositoryRule.standard("acme/*"))),
			GITHUB);

	@Test
	void findWhenExactRuleComesLaterStillPrefersIt() {
		OnboardedRepository found = this.onboarding.find(RepositoryName.of("acme/APP")).orElseThrow();
		assertThat(found.team().name()).isEqualTo(TeamName.of("payments"));
		assertThat(found.defaultImage()).hasToString("payments/app");
		assertThat(found.cloneUrl()).hasToString("https://github.com/acme/APP.git");
	}

	@Test
	void findWhenOnlyOwnersMatchTakesTheFirst() {
		OnboardedRepository found = this.onboarding.find(RepositoryName.of("ACME/.github")).orElseThrow();
		assertThat(found.team().name()).isEqualTo(TeamName.of("platform"));
		assertThat(found.defaultImage()).hasToString("platform/x2e-github");
	}

	@Test
	void findWhenRuleNamesImageAndAddressUsesThem() {
		OnboardedRepository found = this.onboarding.find(RepositoryName.of("acme/own")).orElseThrow();
		assertThat(found.defaultImage()).hasToString("other/name");
		assertThat(found.cloneUrl()).hasToString("https://git.example.com/own");
	}

	@Test
	void findWhenNoRuleMatchesGivesNothing() {
		assertThat(this.onboarding.find(RepositoryName.of("acme-corp/app"))).isEmpty();
	}

	@Test
	void teamsWhenSeveralKeepTheirOrder() {
		assertThat(this.onboarding.teams()).extracting((team) -> team.name().value())
			.containsExactly("platform", "payments", "late");
	}

	private static Team team(String name, RepositoryRule... rules) {
		return new Team(TeamName.of(name), ImageName.of(name), ArgoIdentity.standard(), GatePolicy.standard(),
				List.of(rules));
	}

	private static RepositoryRule own(String pattern) {
		return new RepositoryRule(RepositoryPattern.of(pattern), Provider.GITHUB, null, List.of(),
				ImageName.of("other/name"), false, URI.create("https://git.example.com/own"), null, List.of(), false);
	}

}
