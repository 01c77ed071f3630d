package dev.imagefactory.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.imagefactory.source.InvalidValue;

/**
 * The SHA-256 digest of a blob or manifest (OCI image-spec, descriptor, "Digests").
 *
 * @param value {@code sha256:} and 64 lower-case hexadecimal digits
 */
public record Digest(@JsonValue String value) {

	private static final String PREFIX = "sha256:";

	private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

	public Digest {
		if (!FORM.matcher(value).matches()) {
			throw new InvalidValue("digest", value, "expected sha256: and 64 lower-case hexadecimal digits");
		}
	}

	/**
	 * Reads a digest.
	 * @param value the text
	 * @return the digest
	 * @throws InvalidValue when the text has another form
	 */
	@JsonCreator
	public static Digest of(String value) {
		return new Digest(value);
	}

	/**
	 * Computes the digest of bytes in memory.
	 * @param bytes the content
	 * @return its digest
	 */
	public static Digest ofBytes(byte[] bytes) {
		return new Digest(PREFIX + HexFormat.of().formatHex(sha256().digest(bytes)));
	}

	/**
	 * A fresh SHA-256 computation, for content that is streamed.
	 * @return the computation
	 */
	public static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * The digits alone, as an OCI layout names its blob files.
	 * @return 64 hexadecimal digits
	 */
	public String hex() {
		return this.value.substring(PREFIX.length());
	}

	@Override
	public String toString() {
		return this.value;
	}

}
