package dev.imagefactory.intake.web;

import dev.imagefactory.intake.Inbox;
import dev.imagefactory.intake.IntakeMetrics;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Puts the webhook endpoint on its path. */
@Configuration(proxyBeanMethods = false)
class WebhookConfiguration {

	/** After the filters for the encoding and for the metrics of requests. */
	private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

	/**
	 * The endpoint stands before the filters that pages and API need: a delivery needs
	 * none of them, and they took an eighth of the time in which one is received.
	 */
	@Bean
	FilterRegistrationBean<Filter> gitHubWebhook(Inbox inbox, IntakeMetrics metrics,
			@Value("${image-factory.base-url}") String baseUrl) {
		GitHubWebhookServlet servlet = new GitHubWebhookServlet(inbox, metrics, new WebhookAnswers(baseUrl),
				BodyLimits.standard());
		FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
				(request, response, others) -> servlet.service(request, response));
		registration.setName("gitHubWebhook");
		registration.addUrlPatterns("/webhooks/github");
		registration.setAsyncSupported(true);
		registration.setOrder(ORDER);
		return registration;
	}

}
