package dev.imagefactory.intake.web;

import dev.imagefactory.intake.Inbox;
import dev.imagefactory.intake.IntakeMetrics;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the webhook endpoint on its path. */
@Configuration(proxyBeanMethods = false)
class WebhookConfiguration {

	@Bean
	ServletRegistrationBean<GitHubWebhookServlet> gitHubWebhook(Inbox inbox, IntakeMetrics metrics,
			@Value("${image-factory.base-url}") String baseUrl) {
		GitHubWebhookServlet servlet = new GitHubWebhookServlet(inbox, metrics, new WebhookAnswers(baseUrl),
				BodyLimits.standard());
		ServletRegistrationBean<GitHubWebhookServlet> registration = new ServletRegistrationBean<>(servlet,
				"/webhooks/github");
		registration.setName("gitHubWebhook");
		registration.setAsyncSupported(true);
		registration.setLoadOnStartup(1);
		return registration;
	}

}
