package dev.imagefactory.intake;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RetentionSettingsTests {

	@Test
	void bindWhenNothingIsSetKeepsNinetyDays() {
		assertThat(bind(Map.of())).isEqualTo(new RetentionSettings(Duration.ofDays(90), Duration.ofDays(90)));
	}

	@Test
	void bindWhenSetReadsDays() {
		assertThat(bind(Map.of("image-factory.retention.deliveries", "30d")).deliveries())
			.isEqualTo(Duration.ofDays(30));
	}

	@Test
	void bindWhenTooShortNamesKeyAndExample() {
		assertThatThrownBy(() -> bind(Map.of("image-factory.retention.logs", "-1d")))
			.hasRootCauseInstanceOf(IllegalArgumentException.class)
			.rootCause()
			.hasMessageContaining("image-factory.retention.logs")
			.hasMessageContaining("for example 90d");
	}

	@Test
	void forgetWhenBatchIsFullGoesOn() {
		List<Instant> asked = new ArrayList<>();
		Deliveries deliveries = new UnusedDeliveries() {
			@Override
			public int forgetBodies(Instant before, int limit) {
				asked.add(before);
				return (asked.size() < 3) ? limit : 7;
			}
		};
		Instant now = Instant.parse("2026-03-02T00:00:00Z");
		BodyRetention retention = new BodyRetention(deliveries, Duration.ofDays(90), Clock.fixed(now, ZoneOffset.UTC));
		assertThat(retention.forget()).isEqualTo(107);
		assertThat(asked).hasSize(3).containsOnly(Instant.parse("2025-12-02T00:00:00Z"));
	}

	private static RetentionSettings bind(Map<String, String> properties) {
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("image-factory.retention",
				RetentionSettings.class);
	}

}
