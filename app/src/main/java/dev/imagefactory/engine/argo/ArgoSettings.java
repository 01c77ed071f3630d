package dev.imagefactory.engine.argo;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the engine argo works. Where the API server is, is not said here: KUBECONFIG, or
 * the pod's own account.
 *
 * @param relistInterval how late a change may be seen when the watch missed it
 */
@ConfigurationProperties("image-factory.argo")
public record ArgoSettings(@DefaultValue("60s") Duration relistInterval) {

	private static final Duration LONGEST = Duration.ofSeconds(60);

	public ArgoSettings {
		if (relistInterval.toSeconds() < 1 || relistInterval.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("image-factory.argo.relist-interval is " + relistInterval
					+ ": expected 1s to 60s, for example 30s");
		}
	}

}
