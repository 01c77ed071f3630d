package dev.imagefactory.intake;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long bulky things are kept, under {@code image-factory.retention}.
 *
 * @param deliveries the bodies of deliveries, longer than nothing
 * @param logs the logs of steps, longer than nothing
 */
@ConfigurationProperties("image-factory.retention")
public record RetentionSettings(@DefaultValue("90d") Duration deliveries, @DefaultValue("90d") Duration logs) {

	public RetentionSettings {
		if (!deliveries.isPositive() || !logs.isPositive()) {
			throw new IllegalArgumentException(
					"Nothing can be kept for " + deliveries + " (deliveries) or " + logs + " (logs)");
		}
	}

}
