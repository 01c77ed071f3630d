package dev.imagefactory.submission;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much runs at the same time, under {@code image-factory.queue}.
 *
 * @param maxRunning builds in all, at least 1
 * @param maxRunningPerRepository builds of one repository, at least 1
 */
@ConfigurationProperties("image-factory.queue")
public record QueueSettings(@DefaultValue("20") Integer maxRunning,
		@DefaultValue("3") Integer maxRunningPerRepository) {

	public QueueSettings {
		if (maxRunning < 1 || maxRunningPerRepository < 1) {
			throw new IllegalArgumentException("A queue that runs %d builds, %d of one repository, never moves"
				.formatted(maxRunning, maxRunningPerRepository));
		}
	}

}
