package dev.imagefactory.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** The code of the sign-in link that this start printed: good once, for an hour. */
public final class SignInCode {

	/** How long after its making the code is good. */
	public static final Duration LIFETIME = Duration.ofHours(1);

	private final Clock clock;

	private @Nullable Issued issued;

	/**
	 * Creates a code that was not issued yet.
	 * @param clock what ends it
	 */
	public SignInCode(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Makes a fresh code; an earlier one is good no more.
	 * @return 43 characters that nobody can guess
	 */
	public synchronized String issue() {
		String code = OneTimeSecret.random();
		this.issued = new Issued(code.getBytes(StandardCharsets.US_ASCII), this.clock.instant().plus(LIFETIME));
		return code;
	}

	/**
	 * Uses the code up.
	 * @param code what somebody showed
	 * @return true the first time within the hour
	 */
	public synchronized boolean redeem(String code) {
		Issued known = this.issued;
		if (known == null || !MessageDigest.isEqual(known.code, code.getBytes(StandardCharsets.UTF_8))) {
			return false;
		}
		this.issued = null;
		return this.clock.instant().isBefore(known.until);
	}

	/** Not a record: its text must not show the code. */
	private static final class Issued {

		private final byte[] code;

		private final Instant until;

		Issued(byte[] code, Instant until) {
			this.code = code;
			this.until = until;
		}

	}

}
