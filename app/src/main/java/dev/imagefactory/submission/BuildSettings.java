package dev.imagefactory.submission;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of every build, under {@code image-factory.build}.
 *
 * @param timeout how long a run may take from its start, at least a second
 * @param createDeadline how long the engine may take to show a run that was submitted, at
 * least a second
 * @param maxSource how large a checked out tree may be, at least a byte
 */
@ConfigurationProperties("image-factory.build")
public record BuildSettings(@DefaultValue("60m") Duration timeout, @DefaultValue("2m") Duration createDeadline,
		@DefaultValue("1GB") DataSize maxSource) {

	public BuildSettings {
		if (timeout.toSeconds() < 1 || createDeadline.toSeconds() < 1) {
			throw new IllegalArgumentException("A build needs at least a second, not " + timeout + " to run and "
					+ createDeadline + " to be created");
		}
		if (maxSource.toBytes() < 1) {
			throw new IllegalArgumentException("A source of " + maxSource + " cannot hold anything");
		}
	}

}
