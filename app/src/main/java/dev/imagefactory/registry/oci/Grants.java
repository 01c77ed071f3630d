package dev.imagefactory.registry.oci;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.registry.LocalHost;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.WrongContent;
import org.jspecify.annotations.Nullable;

/**
 * What signs our requests in, one grant for each image, earned when the registry asks for
 * it (distribution, "Token authentication specification").
 */
final class Grants {

	/** A token without a stated life is valid for so long, says the specification. */
	private static final long STANDARD_SECONDS = 60;

	private static final long SKEW_SECONDS = 10;

	/** Whatever life is stated, a token is not kept for longer. */
	private static final long MOST_SECONDS = Duration.ofDays(1).toSeconds();

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Endpoint endpoint;

	private final DockerConfig config;

	private final Wire wire;

	private final Pause pause;

	private final Map<ImageName, Grant> grants = new ConcurrentHashMap<>();

	Grants(Endpoint endpoint, DockerConfig config, Wire wire, Pause pause) {
		this.endpoint = endpoint;
		this.config = config;
		this.wire = wire;
		this.pause = pause;
	}

	/** The header of a grant that was earned before and has not ended. */
	Optional<String> of(ImageName image) {
		return Optional.ofNullable(this.grants.get(image)).filter(Grant::isLive).map(Grant::header);
	}

	/**
	 * Signs in as a registry asks.
	 * @param image whose rights are needed
	 * @param headers the values of {@code WWW-Authenticate}
	 * @return the header to send; empty when we have nothing to offer
	 * @throws RegistryUnavailable when the address that gives tokens does not give one
	 */
	Optional<String> earn(ImageName image, List<String> headers) {
		this.grants.remove(image);
		Optional<Challenge> challenge = Challenge.of(headers);
		if (challenge.isEmpty()) {
			return Optional.empty();
		}
		Optional<DockerConfig.Credentials> credentials = this.config.find(this.endpoint.host());
		Optional<Grant> grant = switch (challenge.get()) {
			case Challenge.Basic basic ->
				credentials.filter((found) -> !found.isToken()).map((found) -> Grant.lasting(found.basic()));
			case Challenge.Bearer bearer -> Optional.of(token(image, bearer, credentials.orElse(null)));
		};
		grant.ifPresent((earned) -> this.grants.put(image, earned));
		return grant.map(Grant::header);
	}

	private Grant token(ImageName image, Challenge.Bearer bearer, DockerConfig.@Nullable Credentials credentials) {
		String attempt = "get a token for " + image + " from " + bearer.realm();
		URI realm = realm(bearer.realm(), attempt);
		String scope = (bearer.scope() != null) ? bearer.scope() : "repository:" + image + ":pull,push";
		String query = "scope=" + encoded(scope)
				+ ((bearer.service() != null) ? "&service=" + encoded(bearer.service()) : "");
		Wire.Answer answer = this.wire.exchange(attempt, request(realm, query, credentials), PATIENCE);
		if (answer.status() != 200) {
			throw refused(attempt, answer);
		}
		try {
			return Json.read(answer.body(), Token.class).grant();
		}
		catch (WrongContent | IllegalArgumentException ex) {
			// The answer may hold a token, so nothing of it is told.
			throw new RegistryUnavailable("Cannot %s: its answer holds no token".formatted(attempt));
		}
	}

	/** Nothing of the answer is told, because it may repeat what was sent. */
	private RegistryUnavailable refused(String attempt, Wire.Answer answer) {
		boolean busy = answer.status() == 429 || answer.status() >= 500;
		if (busy) {
			this.pause.note(answer);
		}
		return new RegistryUnavailable("Cannot %s: it answered %d; %s".formatted(attempt, answer.status(),
				busy ? "try again" : "check the account in image-factory.registry.credentials-file"));
	}

	private static HttpRequest.Builder request(URI realm, String query,
			DockerConfig.@Nullable Credentials credentials) {
		if (credentials != null && credentials.isToken()) {
			String form = query + "&grant_type=refresh_token&client_id=image-factory&refresh_token="
					+ encoded(credentials.secret());
			return HttpRequest.newBuilder(realm)
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(HttpRequest.BodyPublishers.ofString(form));
		}
		String separator = (realm.getRawQuery() != null) ? "&" : "?";
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(realm + separator + query)).GET();
		return (credentials != null) ? request.header("Authorization", credentials.basic()) : request;
	}

	/** Credentials travel encrypted, or not at all beyond this host. */
	private URI realm(String text, String attempt) {
		try {
			URI realm = URI.create(text);
			boolean secure = "https".equalsIgnoreCase(realm.getScheme());
			boolean local = "http".equalsIgnoreCase(realm.getScheme())
					&& "http".equals(this.endpoint.base().getScheme()) && realm.getHost() != null
					&& LocalHost.isThisHost(realm.getHost());
			if (realm.getHost() != null && realm.getRawFragment() == null && (secure || local)) {
				return realm;
			}
		}
		catch (IllegalArgumentException ex) {
			// Told below, as any other address that is none.
		}
		throw new RegistryUnavailable("Cannot " + attempt + ": credentials are sent to https addresses only");
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	/**
	 * What signs a request in.
	 *
	 * @param header the value of the {@code Authorization} header
	 * @param earned when it was earned, by the monotonic clock
	 * @param seconds how long it is used; 0 for as long as the registry takes it
	 */
	private record Grant(String header, long earned, long seconds) {

		private static Grant lasting(String header) {
			return new Grant(header, System.nanoTime(), 0);
		}

		private boolean isLive() {
			return this.seconds == 0 || System.nanoTime() - this.earned < Duration.ofSeconds(this.seconds).toNanos();
		}

		@Override
		public String toString() {
			return "Grant[" + this.seconds + " s]";
		}

	}

	@JsonIgnoreProperties(ignoreUnknown = true)
	private record Token(@Nullable String token, @JsonProperty("access_token") @Nullable String accessToken,
			@JsonProperty("expires_in") @Nullable Long seconds) {

		private Grant grant() {
			String value = (this.token != null && !this.token.isEmpty()) ? this.token : this.accessToken;
			if (value == null || value.isEmpty() || value.chars().anyMatch((one) -> one <= ' ' || one > '~')) {
				throw new IllegalArgumentException("No token");
			}
			long life = (this.seconds != null) ? this.seconds : STANDARD_SECONDS;
			return new Grant("Bearer " + value, System.nanoTime(),
					Math.clamp(life, SKEW_SECONDS + 1, MOST_SECONDS) - SKEW_SECONDS);
		}

	}

}
