package dev.imagefactory;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What concerns the whole process, directly under {@code image-factory}; an empty text
 * counts as not given.
 *
 * @param baseUrl the address under which people reach us, without a slash at the end
 * @param dataDir where everything lies that must survive
 * @param database an external database, if any
 * @param engine what runs builds
 */
@ConfigurationProperties("image-factory")
public record ServiceSettings(@DefaultValue("http://127.0.0.1:8080") URI baseUrl, @Nullable String dataDir,
		@DefaultValue Database database, @DefaultValue("local") EngineKind engine) {

	private static final String DEFAULT_DATA_DIR = "./data";

	public ServiceSettings {
		baseUrl = URI.create(baseUrl.toString().replaceAll("/+$", ""));
		dataDir = (dataDir == null || dataDir.isEmpty()) ? DEFAULT_DATA_DIR : dataDir;
	}

	/**
	 * The data directory, seen from anywhere.
	 * @return its absolute path
	 */
	public Path dataDirectory() {
		return Path.of((this.dataDir != null) ? this.dataDir : DEFAULT_DATA_DIR).toAbsolutePath().normalize();
	}

	/** What runs builds. */
	public enum EngineKind {

		/** This process itself. */
		LOCAL,

		/** Argo Workflows on Kubernetes. */
		ARGO

	}

	/**
	 * An external database.
	 *
	 * @param url a JDBC URL; empty for the embedded database
	 * @param username the user
	 * @param passwordFile the file with the user's password
	 */
	public record Database(@Nullable String url, @Nullable String username, @Nullable String passwordFile) {

		/**
		 * Whether the database in the data directory is used, which belongs to one
		 * process.
		 * @return false when the settings name another
		 */
		public boolean isEmbedded() {
			return this.url == null || this.url.isEmpty();
		}

		/**
		 * Where the database is.
		 * @return empty for the embedded one
		 */
		Optional<DatabaseAddress> address() {
			return Optional.ofNullable(this.url).filter((given) -> !given.isEmpty()).map(DatabaseAddress::of);
		}

		/**
		 * The file with the user's password.
		 * @return empty when the settings name none
		 */
		public Optional<Path> password() {
			return Optional.ofNullable(this.passwordFile).filter((given) -> !given.isEmpty()).map(Path::of);
		}

		@Override
		public String toString() {
			return "Database[" + (isEmbedded() ? "embedded" : "external") + "]";
		}

	}

}
