package dev.imagefactory.intake;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.RepositoryPattern;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.SecretScope;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.onboarding.WebhookSecret;
import dev.imagefactory.onboarding.WebhookSecrets;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** Settings and secrets of onboarding, in memory. */
public final class TestOnboarding implements Onboarding, WebhookSecrets {

	private final List<RepositoryRule> rules = new ArrayList<>();

	private final List<WebhookSecret> secrets = new ArrayList<>();

	/** With {@code acme/app} and the test secret as shared one. */
	public static TestOnboarding standard() {
		return new TestOnboarding().withRule(RepositoryRule.standard("acme/app"))
			.withSecret(SignedDelivery.SECRET, new SecretScope.Shared(), true);
	}

	TestOnboarding withRule(RepositoryRule rule) {
		this.rules.add(rule);
		return this;
	}

	TestOnboarding withPinned(String name, long id) {
		return withRule(rule(name, id, List.of()));
	}

	TestOnboarding withOwnSecret(String name, long id, String secret) {
		return withRule(rule(name, id, List.of(Path.of("own")))).withSecret(secret,
				new SecretScope.OwnedBy(RepositoryId.github(id)), true);
	}

	private static RepositoryRule rule(String name, long id, List<Path> secretFiles) {
		return new RepositoryRule(RepositoryPattern.of(name), Provider.GITHUB, RepositoryId.github(id), List.of(), null,
				false, null, null, secretFiles, false);
	}

	TestOnboarding withSecret(String secret, SecretScope scope, boolean current) {
		this.secrets.add(new WebhookSecret(secret.getBytes(StandardCharsets.UTF_8), scope, current));
		return this;
	}

	@Override
	public Optional<OnboardedRepository> find(RepositoryName name) {
		return this.rules.stream()
			.filter((rule) -> rule.pattern().matches(name))
			.findFirst()
			.map((rule) -> new OnboardedRepository(name, team(), rule, ImageName.of("payments/app"),
					URI.create("https://github.com/" + name + ".git")));
	}

	@Override
	public List<Team> teams() {
		return List.of(team());
	}

	private Team team() {
		return new Team(TeamName.of("payments"), ImageName.of("payments"), ArgoIdentity.standard(),
				GatePolicy.standard(), this.rules);
	}

	@Override
	public List<WebhookSecret> candidates(@Nullable RepositoryId hinted) {
		return List.copyOf(this.secrets);
	}

}
