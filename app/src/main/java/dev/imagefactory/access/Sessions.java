package dev.imagefactory.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * Sessions that live in the browser only: who it is and until when, signed with a key
 * made of the admin token. They outlive a restart, count on every replica that has the
 * same token, and all end when the token is changed.
 */
public final class Sessions {

	/** How long a session lasts; it is not prolonged by use. */
	public static final Duration LENGTH = Duration.ofHours(12);

	private static final int PARTS = 3;

	private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

	private final byte[] key;

	private final Clock clock;

	/**
	 * Creates the sessions of one admin token.
	 * @param token the token
	 * @param clock what ends sessions
	 */
	public Sessions(AdminToken token, Clock clock) {
		this.key = token.keyFor("image-factory session v1");
		this.clock = clock;
	}

	/**
	 * Begins a session.
	 * @param actor who signed in
	 * @return the cookie's value
	 */
	public String begin(String actor) {
		long end = this.clock.instant().plus(LENGTH).getEpochSecond();
		String claim = ENCODER.encodeToString(actor.getBytes(StandardCharsets.UTF_8)) + "." + end;
		return claim + "." + signature(claim);
	}

	/**
	 * Reads a session.
	 * @param cookie a cookie's value, from anybody
	 * @return who it is, or empty when we did not sign it or it is over
	 */
	public Optional<String> actor(String cookie) {
		String[] parts = cookie.split("\\.", -1);
		if (parts.length != PARTS) {
			return Optional.empty();
		}
		byte[] expected = signature(parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
		if (!MessageDigest.isEqual(expected, parts[2].getBytes(StandardCharsets.UTF_8))) {
			return Optional.empty();
		}
		Instant end = Instant.ofEpochSecond(Long.parseLong(parts[1]));
		String actor = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
		return this.clock.instant().isBefore(end) ? Optional.of(actor) : Optional.empty();
	}

	private String signature(String claim) {
		return ENCODER.encodeToString(AdminToken.hmac(this.key, claim.getBytes(StandardCharsets.US_ASCII)));
	}

}
