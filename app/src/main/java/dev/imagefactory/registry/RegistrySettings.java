package dev.imagefactory.registry;

import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where images go, under {@code image-factory.registry}; an empty text counts as not
 * given.
 *
 * @param kind which registry
 * @param url {@code host[:port]} of {@code oci} and {@code acr}
 * @param insecure whether {@code oci} is spoken to over plain http, on this host only
 * @param caFile the file with certificates to trust besides the usual ones, PEM
 * @param credentialsFile a Docker config for {@code oci}
 * @param auth how {@code acr} is signed in to
 * @param lockReleaseTags whether the registry is asked to lock release tags
 */
@ConfigurationProperties("image-factory.registry")
public record RegistrySettings(@DefaultValue("layout") Kind kind, @Nullable String url,
		@DefaultValue("false") Boolean insecure, @Nullable String caFile, @Nullable String credentialsFile,
		@DefaultValue("native") Auth auth, @DefaultValue("false") Boolean lockReleaseTags) {

	/**
	 * The registry's address, which kinds {@code oci} and {@code acr} need.
	 * @return {@code host[:port]}
	 * @throws IllegalStateException when the settings name none
	 */
	public String host() {
		if (this.url == null || this.url.isEmpty()) {
			throw new IllegalStateException("image-factory.registry.url is missing; give host[:port]");
		}
		return this.url;
	}

	/**
	 * The certificates to trust besides the usual ones.
	 * @return empty when the settings name none
	 */
	public Optional<Path> certificates() {
		return file(this.caFile);
	}

	/**
	 * The Docker config with the registry's credentials.
	 * @return empty when the settings name none
	 */
	public Optional<Path> credentials() {
		return file(this.credentialsFile);
	}

	private static Optional<Path> file(@Nullable String name) {
		return Optional.ofNullable(name).filter((given) -> !given.isEmpty()).map(Path::of);
	}

	/** Which registry. */
	public enum Kind {

		/** An OCI layout per image in the data directory. */
		LAYOUT,

		/** Any registry that speaks the OCI distribution API. */
		OCI,

		/** Azure Container Registry. */
		ACR

	}

	/** How Azure Container Registry is signed in to. */
	public enum Auth {

		/** With the token that the registry takes itself. */
		NATIVE,

		/** With a token that we exchange ourselves. */
		EXCHANGE

	}

}
