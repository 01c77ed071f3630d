package dev.imagefactory.access;

import java.nio.file.Path;
import java.util.Optional;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the service is reached and who gets in, directly under {@code image-factory}.
 *
 * @param baseUrl the address in links, and the only Host accepted besides loopback
 * @param access how the admin proves who they are
 */
@ConfigurationProperties("image-factory")
public record AccessSettings(@DefaultValue("http://127.0.0.1:8080") String baseUrl, @DefaultValue Access access) {

	public AccessSettings {
		BaseUrl.of(baseUrl);
	}

	/**
	 * The address in links.
	 * @return the checked setting
	 */
	public BaseUrl address() {
		return BaseUrl.of(this.baseUrl);
	}

	/**
	 * How the admin proves who they are.
	 *
	 * @param adminTokenFile the file with the admin token; empty to have one made in the
	 * data directory
	 */
	public record Access(@DefaultValue("") String adminTokenFile) {

		Optional<Path> tokenFile() {
			return this.adminTokenFile.isBlank() ? Optional.empty() : Optional.of(Path.of(this.adminTokenFile));
		}

	}

}
