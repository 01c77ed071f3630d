package dev.imagefactory.engine.argo;

import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The Argo Server, which may be missing; an empty text counts as not given.
 *
 * @param serverUrl its address, with the path that its {@code --base-href} says
 * @param serverTokenFile the file with the bearer that it wants
 * @param serverCaFile the file with certificates to trust besides the usual ones, PEM
 */
@ConfigurationProperties("image-factory.argo")
public record ArgoServerSettings(@Nullable String serverUrl, @Nullable String serverTokenFile,
		@Nullable String serverCaFile) {

	/**
	 * The server's address.
	 * @return without a slash at its end
	 * @throws IllegalStateException when the settings name none
	 */
	public String address() {
		return given(this.serverUrl).map((url) -> url.replaceAll("/+$", ""))
			.orElseThrow(() -> new IllegalStateException("image-factory.argo.server-url is missing"));
	}

	/**
	 * The file with the bearer.
	 * @return empty when the settings name none
	 */
	public Optional<Path> token() {
		return given(this.serverTokenFile).map(Path::of);
	}

	/**
	 * The certificates to trust besides the usual ones.
	 * @return empty when the settings name none
	 */
	public Optional<Path> certificates() {
		return given(this.serverCaFile).map(Path::of);
	}

	private static Optional<String> given(@Nullable String value) {
		return Optional.ofNullable(value).filter((text) -> !text.isEmpty());
	}

}
