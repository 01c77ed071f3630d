package dev.imagefactory.access;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The admin's secret. It never leaves this class: it is compared, or keys are made of it.
 */
public final class AdminToken {

	private static final String HMAC = "HmacSHA256";

	private static final int SHORTEST = 16;

	private final byte[] secret;

	private AdminToken(byte[] secret) {
		this.secret = secret;
	}

	/**
	 * Takes a token.
	 * @param text the token, without a line end
	 * @return the token
	 * @throws IllegalArgumentException when it has less than 16 characters or is not
	 * printable ASCII, which no HTTP header could carry
	 */
	public static AdminToken of(String text) {
		if (text.length() < SHORTEST) {
			throw new IllegalArgumentException(
					"it has %d characters, at least %d are needed".formatted(text.length(), SHORTEST));
		}
		if (!text.chars().allMatch((character) -> character > ' ' && character < 0x7f)) {
			throw new IllegalArgumentException("it holds characters other than printable ASCII without spaces");
		}
		return new AdminToken(text.getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * Compares in a time that does not tell how much of the text is right.
	 * @param text what somebody showed
	 * @return whether it is the token
	 */
	public boolean matches(String text) {
		byte[] purpose = "compare".getBytes(StandardCharsets.US_ASCII);
		byte[] expected = hmac(purpose, this.secret);
		return MessageDigest.isEqual(expected, hmac(purpose, text.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Makes a key for another use, the same on every replica that has the same token.
	 * @param purpose what it is for
	 * @return 32 bytes that do not tell the token
	 */
	byte[] keyFor(String purpose) {
		return hmac(this.secret, purpose.getBytes(StandardCharsets.US_ASCII));
	}

	static byte[] hmac(byte[] key, byte[] text) {
		try {
			Mac mac = Mac.getInstance(HMAC);
			mac.init(new SecretKeySpec((key.length > 0) ? key : new byte[1], HMAC));
			return mac.doFinal(text);
		}
		catch (NoSuchAlgorithmException | InvalidKeyException ex) {
			throw new IllegalStateException("Every Java platform has " + HMAC, ex);
		}
	}

	@Override
	public String toString() {
		return "AdminToken[not shown]";
	}

}
