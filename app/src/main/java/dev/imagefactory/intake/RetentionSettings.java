package dev.imagefactory.intake;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long things are kept that are not needed for the history itself
 * ({@code image-factory.retention}).
 *
 * @param deliveries the bodies of deliveries, at least an hour; without its body a
 * delivery can still be read, but not replayed
 * @param logs the logs of steps, at least an hour
 */
@ConfigurationProperties("image-factory.retention")
public record RetentionSettings(@DefaultValue("90d") Duration deliveries, @DefaultValue("90d") Duration logs) {

	private static final Duration SHORTEST = Duration.ofHours(1);

	public RetentionSettings {
		require("deliveries", deliveries);
		require("logs", logs);
	}

	private static void require(String key, Duration value) {
		if (value.compareTo(SHORTEST) < 0) {
			throw new IllegalArgumentException(
					"image-factory.retention.%s is %s; accepted is 1h or longer, for example 90d".formatted(key,
							value));
		}
	}

}
