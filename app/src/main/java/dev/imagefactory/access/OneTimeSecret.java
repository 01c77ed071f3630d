package dev.imagefactory.access;

import java.security.SecureRandom;
import java.util.Base64;

/** Texts that nobody can guess. */
final class OneTimeSecret {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int BYTES = 32;

	private OneTimeSecret() {
	}

	/** 256 random bits as 43 characters that need no escaping in an address. */
	static String random() {
		byte[] bytes = new byte[BYTES];
		RANDOM.nextBytes(bytes);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

}
