package dev.imagefactory.github;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How we speak to GitHub, under {@code image-factory.github}; an empty text counts as not
 * given.
 *
 * @param apiUrl the REST API, for GitHub Enterprise Server {@code https://<host>/api/v3};
 * without a slash at the end
 * @param tokenFile the file with a token, when there is no App
 * @param app the App that we are, if any
 */
@ConfigurationProperties("image-factory.github")
public record GitHubSettings(@DefaultValue("https://api.github.com") URI apiUrl, @Nullable String tokenFile,
		@DefaultValue App app) {

	public GitHubSettings {
		apiUrl = URI.create(apiUrl.toString().replaceAll("/+$", ""));
	}

	/**
	 * The file with a token.
	 * @return empty when the settings name none
	 */
	public Optional<Path> token() {
		return file(this.tokenFile);
	}

	private static Optional<Path> file(@Nullable String name) {
		return Optional.ofNullable(name).filter((given) -> !given.isEmpty()).map(Path::of);
	}

	/**
	 * A GitHub App; either both parts are given or none.
	 *
	 * @param id the App's number
	 * @param privateKeyFile the file with its private key, PEM
	 */
	public record App(@Nullable Long id, @Nullable String privateKeyFile) {

		/**
		 * The file with the App's private key.
		 * @return empty when the settings name none
		 */
		public Optional<Path> privateKey() {
			return file(this.privateKeyFile);
		}

	}

}
