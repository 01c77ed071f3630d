package dev.imagefactory.system;

import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two processes that were given the same data directory. */
class DataDirectorySystemTests {

	private static final CommonService.Tenant US = CommonService.Tenant.NEIGHBOURS;

	@Test
	void processWhenAnotherHasItsDataDirectoryEndsAndTheOtherGoesOn() {
		US.project().tag("v1.1.0");
		ServiceProcess first = CommonService.process();
		StoredRelease stored = StoredRelease.make(first, US.hook(), "v1.0.0");
		try (ServiceProcess second = CommonService.description().launch()) {
			assertThat(second.awaitEnd(Duration.ofSeconds(60))).isNotZero();
			assertThat(second.output())
				.contains("The data directory '%s' is in use by another live process (pid %d)"
					.formatted(first.dataDirectory(), first.pid()))
				.contains("Stop that process, or give this one a directory of its own: image-factory.data-dir");
		}
		stored.assertKept();
		JsonNode delivery = US.hook().send(first.api(), US.hook().release("v1.1.0")).json();
		String build = first.api().awaitPlanned(delivery.path("delivery").asText()).at("/builds/0/id").asText();
		assertThat(first.api().awaitEnd(build).path("state").asText()).isEqualTo("SUCCEEDED");
	}

}
