package dev.imagefactory.onboarding;

import java.net.URI;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is shared by all repositories of the GitHub host, under
 * {@code image-factory.github}.
 *
 * @param webUrl where people see repositories; clone URLs and the image label
 * {@code source} begin with it; without a slash at the end
 * @param webhook the secrets of the App's or organization's hook
 */
@ConfigurationProperties("image-factory.github")
public record HostSettings(@DefaultValue("https://github.com") URI webUrl, @DefaultValue TeamSettings.Webhook webhook) {

	public HostSettings {
		webUrl = URI.create(webUrl.toString().replaceAll("/+$", ""));
	}

}
