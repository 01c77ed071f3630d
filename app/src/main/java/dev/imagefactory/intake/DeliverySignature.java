package dev.imagefactory.intake;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.imagefactory.intake.DeliveryRefused.Cause;
import dev.imagefactory.onboarding.WebhookSecret;

/**
 * The signature that GitHub puts on a delivery: HMAC-SHA-256 over the raw body (GitHub
 * documentation, "Validating webhook deliveries").
 */
final class DeliverySignature {

	private static final String HEADER = "X-Hub-Signature-256";

	private static final Pattern FORM = Pattern.compile("sha256=[0-9a-f]{64}");

	private static final String ALGORITHM = "HmacSHA256";

	private final byte[] signature;

	private DeliverySignature(byte[] signature) {
		this.signature = signature;
	}

	/**
	 * Reads the signature of a delivery.
	 * @param raw the delivery
	 * @return its signature, not checked yet
	 * @throws DeliveryRefused when there is not exactly one in the accepted form
	 */
	static DeliverySignature of(RawDelivery raw) {
		List<String> values = raw.header(HEADER);
		if (values.isEmpty()) {
			throw new DeliveryRefused(Cause.SIGNATURE, raw.header("X-Hub-Signature").isEmpty()
					? "The delivery is not signed: set a secret on the hook, the one that the factory's settings name"
					: "The delivery is signed with SHA-1 only, which is not accepted: the sender has to send "
							+ HEADER);
		}
		if (values.size() > 1) {
			throw new DeliveryRefused(Cause.SIGNATURE, HEADER + " was sent more than once; send it once");
		}
		String value = values.get(0);
		if (!FORM.matcher(value).matches()) {
			throw new DeliveryRefused(Cause.SIGNATURE,
					HEADER + " has another form than 'sha256=' and 64 lower-case hexadecimal digits");
		}
		return new DeliverySignature(HexFormat.of().parseHex(value, "sha256=".length(), value.length()));
	}

	/**
	 * Finds the secrets that made this signature. It always tries all of them, so that
	 * the time it takes says nothing.
	 * @param body the raw body
	 * @param candidates the secrets to try
	 * @return those that match
	 */
	List<WebhookSecret> matching(byte[] body, List<WebhookSecret> candidates) {
		List<WebhookSecret> matching = new ArrayList<>(1);
		for (WebhookSecret candidate : candidates) {
			if (MessageDigest.isEqual(this.signature, hmac(candidate.key(), body))) {
				matching.add(candidate);
			}
		}
		return matching;
	}

	private static byte[] hmac(byte[] key, byte[] body) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(new SecretKeySpec(key, ALGORITHM));
			return mac.doFinal(body);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java runtime lacks " + ALGORITHM, ex);
		}
	}

}
