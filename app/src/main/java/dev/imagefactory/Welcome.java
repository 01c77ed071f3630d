package dev.imagefactory;

import java.util.List;

import dev.imagefactory.onboarding.Onboarding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.stereotype.Component;

/** Tells whoever started the service where it is and, at first, what to do next. */
@Component
class Welcome {

	private static final Logger log = LoggerFactory.getLogger(Welcome.class);

	private static final String NEXT = """
			No repository is onboarded yet: webhooks are recorded and ignored. Put this, with your names, into
			config/application.yaml beside the place where the service is started, and start it again:

			image-factory:
			  github:
			    webhook:
			      secret-files: [/path/to/webhook-secret]
			  teams:
			    - name: payments
			      image-prefix: payments
			      repositories:
			        - name: acme/app

			Then add a webhook at GitHub: payload URL {}/webhooks/github, content type application/json,
			the same secret, events "Releases" and "Pushes".""";

	private final Onboarding onboarding;

	private final ServiceSettings settings;

	private final ConfigurableEnvironment environment;

	Welcome(Onboarding onboarding, ServiceSettings settings, ConfigurableEnvironment environment) {
		this.onboarding = onboarding;
		this.settings = settings;
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void greet() {
		String port = this.environment.getProperty("local.server.port");
		if (port != null) {
			String address = this.environment.getProperty("server.address", "127.0.0.1");
			log.info("Listening on http://{}:{}, known to people as {}", address, port, this.settings.baseUrl());
		}
		List<String> idle = SettingsCheck.idle(this.environment);
		if (!idle.isEmpty()) {
			log.warn("These settings are known, but this version does nothing with them yet: {}",
					String.join(", ", idle));
		}
		if (this.onboarding.teams().stream().allMatch((team) -> team.repositories().isEmpty())) {
			log.info(NEXT, this.settings.baseUrl());
		}
	}

}
