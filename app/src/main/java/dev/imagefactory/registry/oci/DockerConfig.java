package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.Json;
import org.jspecify.annotations.Nullable;

/**
 * The credentials in a Docker config, read anew each time, so that a file that was
 * replaced counts at once. Programs that it names to ask for credentials are never run.
 */
final class DockerConfig {

	private final @Nullable Path file;

	/**
	 * Names the file.
	 * @param file the file; null for none
	 */
	DockerConfig(@Nullable Path file) {
		this.file = file;
	}

	/**
	 * The credentials for a registry.
	 * @param host {@code host[:port]}
	 * @return empty when there are none
	 * @throws RegistryUnavailable when the file cannot be used
	 */
	Optional<Credentials> find(String host) {
		if (this.file == null) {
			return Optional.empty();
		}
		try {
			Content content = Json.read(Files.readAllBytes(this.file), Content.class);
			Optional<Credentials> found = content.auths()
				.entrySet()
				.stream()
				.filter((entry) -> host(entry.getKey()).equalsIgnoreCase(host))
				.flatMap((entry) -> entry.getValue().credentials().stream())
				.findFirst();
			if (found.isEmpty() && content.asksPrograms()) {
				throw new RegistryUnavailable("Cannot sign in to " + host + ": the Docker config " + this.file
						+ " names a credential helper, which is not run here; write the credentials under auths");
			}
			return found;
		}
		catch (IOException | IllegalArgumentException ex) {
			// What was read may be part of a secret, so only the kind of failure is told.
			throw new RegistryUnavailable(
					"Cannot sign in to " + host + ": the Docker config " + this.file + " cannot be read ("
							+ ex.getClass().getSimpleName() + "); check image-factory.registry.credentials-file");
		}
	}

	/** Keys are written in several ways, such as {@code https://host/v1/}. */
	private static String host(String key) {
		String host = key.replaceFirst("^https?://", "");
		return host.contains("/") ? host.substring(0, host.indexOf('/')) : host;
	}

	/**
	 * What signs in.
	 *
	 * @param user the user's name
	 * @param secret a password, or a token to be exchanged
	 * @param isToken whether the secret is such a token
	 */
	record Credentials(String user, String secret, boolean isToken) {

		/** The value of an {@code Authorization} header (RFC 7617). */
		String basic() {
			byte[] pair = (this.user + ":" + this.secret).getBytes(StandardCharsets.UTF_8);
			return "Basic " + Base64.getEncoder().encodeToString(pair);
		}

		@Override
		public String toString() {
			return "Credentials[" + this.user + "]";
		}

	}

	@JsonIgnoreProperties(ignoreUnknown = true)
	private record Content(Map<String, Entry> auths, @Nullable String credsStore,
			@Nullable Map<String, String> credHelpers) {

		private Content(@Nullable Map<String, @Nullable Entry> auths, @Nullable String credsStore,
				@Nullable Map<String, String> credHelpers) {
			Map<String, Entry> present = new LinkedHashMap<>();
			if (auths != null) {
				auths.forEach((key, entry) -> Optional.ofNullable(entry).ifPresent((given) -> present.put(key, given)));
			}
			this.auths = present;
			this.credsStore = credsStore;
			this.credHelpers = credHelpers;
		}

		private boolean asksPrograms() {
			return this.credsStore != null || this.credHelpers != null && !this.credHelpers.isEmpty();
		}

	}

	@JsonIgnoreProperties(ignoreUnknown = true)
	private record Entry(@Nullable String auth, @Nullable String username, @Nullable String password,
			@JsonProperty("identitytoken") @Nullable String identityToken) {

		private Optional<Credentials> credentials() {
			if (this.identityToken != null && !this.identityToken.isEmpty()) {
				return Optional.of(new Credentials("", this.identityToken, true));
			}
			if (this.username != null && this.password != null) {
				return Optional.of(new Credentials(this.username, this.password, false));
			}
			return Optional.ofNullable(this.auth).filter((text) -> !text.isEmpty()).map(Entry::decoded);
		}

		private static Credentials decoded(String auth) {
			String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
			int colon = pair.indexOf(':');
			if (colon < 0) {
				throw new IllegalArgumentException("No colon");
			}
			return new Credentials(pair.substring(0, colon), pair.substring(colon + 1), false);
		}

	}

}
