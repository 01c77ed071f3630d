package dev.imagefactory.onboarding;

import java.time.Clock;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts onboarding together from the settings. */
@Configuration(proxyBeanMethods = false)
class OnboardingConfiguration {

	@Bean
	Onboarding onboarding(OnboardingSettings settings, HostSettings host) {
		return new SettingsOnboarding(settings.teams().stream().map(TeamSettings::toTeam).toList(), host.webUrl());
	}

	@Bean
	WebhookSecrets webhookSecrets(HostSettings host, Onboarding onboarding, Clock clock) {
		return new FileWebhookSecrets(host.webhook().files(), onboarding.teams(), clock);
	}

}
