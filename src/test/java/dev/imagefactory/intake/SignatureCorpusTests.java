package dev.imagefactory.intake;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import dev.imagefactory.intake.DeliveryRefused.Cause;
import dev.imagefactory.onboarding.SecretScope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Signatures in every wrong form that we could think of: none may pass. */
class SignatureCorpusTests {

	private static final String PREVIOUS = "the one before";

	private static final SignedDelivery DELIVERY = SignedDelivery.release("acme/app", 1, "v1");

	private static final String GOOD = SignedDelivery.sign(SignedDelivery.SECRET, DELIVERY.body());

	private final TestOnboarding onboarding = TestOnboarding.standard()
		.withSecret(PREVIOUS, new SecretScope.Shared(), false)
		.withOwnSecret("acme/own", 5, "of another repository");

	private final DeliveryVerifier verifier = new DeliveryVerifier(this.onboarding, this.onboarding,
			new TestKnownRepositories(), new IntakeMetrics(new SimpleMeterRegistry()));

	@Test
	void verifyWhenSignatureIsRightAccepts() {
		assertThat(refusal(GOOD)).isNull();
		assertThat(refusal(SignedDelivery.sign(PREVIOUS, DELIVERY.body()))).isNull();
	}

	@Test
	void verifyWhenSignatureIsWrongRefusesAll() {
		List<String[]> corpus = corpus();
		assertThat(corpus).hasSizeGreaterThan(200);
		assertThat(corpus)
			.allSatisfy((values) -> assertThat(refusal(values)).as(Arrays.toString(values)).isEqualTo(Cause.SIGNATURE));
	}

	@Test
	void verifyWhenSecretOfAnotherRepositorySignedRefusesItsScope() {
		assertThat(refusal(SignedDelivery.sign("of another repository", DELIVERY.body()))).isEqualTo(Cause.SCOPE);
	}

	private static List<String[]> corpus() {
		List<String[]> corpus = new ArrayList<>();
		corpus.add(new String[] {});
		corpus.add(new String[] { GOOD, GOOD });
		corpus.add(new String[] { GOOD, "" });
		corpus.add(new String[] { "", GOOD });
		IntStream.range(0, GOOD.length()).forEach((end) -> add(corpus, GOOD.substring(0, end)));
		IntStream.range(0, 64).forEach((digit) -> add(corpus, flipped(7 + digit)));
		IntStream.range(0, 64).forEach((digit) -> add(corpus, upper(7 + digit)));
		for (String odd : List.of(" ", "\t", "\n", "\r", "\u0000", "0", ",", ";", "\u00a0", "'", "\"")) {
			add(corpus, GOOD + odd);
			add(corpus, odd + GOOD);
			add(corpus, "sha256=" + odd + GOOD.substring(7));
		}
		String hex = GOOD.substring(7);
		for (String prefix : List.of("", "sha1=", "sha512=", "SHA256=", "Sha256=", "sha-256=", "sha256:", "sha256",
				"sha256==", "hmac=", "sha256= ")) {
			add(corpus, prefix + hex);
		}
		add(corpus, "sha256=" + hex + hex);
		add(corpus, GOOD + "," + GOOD);
		add(corpus, "sha256=" + "0".repeat(64));
		add(corpus, "sha256=" + "\uff10".repeat(64));
		add(corpus, "sha1=" + hex.substring(0, 40));
		add(corpus, "sha256=" + java.util.Base64.getEncoder().encodeToString(java.util.HexFormat.of().parseHex(hex)));
		for (String secret : List.of("wrong", SignedDelivery.SECRET + "\n", " " + SignedDelivery.SECRET,
				SignedDelivery.SECRET.toLowerCase(Locale.ROOT), "null", "secret", PREVIOUS + " ")) {
			add(corpus, SignedDelivery.sign(secret, DELIVERY.body()));
		}
		for (String other : List.of("", " ", "{}", new String(DELIVERY.body(), StandardCharsets.UTF_8) + "\n")) {
			add(corpus, SignedDelivery.sign(SignedDelivery.SECRET, other.getBytes(StandardCharsets.UTF_8)));
		}
		return corpus;
	}

	private static void add(List<String[]> corpus, String value) {
		// A digit has no upper case: what is left as it was is no wrong signature.
		if (!value.equals(GOOD)) {
			corpus.add(new String[] { value });
		}
	}

	private static String flipped(int index) {
		char other = (GOOD.charAt(index) == '0') ? '1' : '0';
		return GOOD.substring(0, index) + other + GOOD.substring(index + 1);
	}

	private static String upper(int index) {
		return GOOD.substring(0, index) + Character.toUpperCase(GOOD.charAt(index)) + GOOD.substring(index + 1);
	}

	private Cause refusal(String... values) {
		SignedDelivery signed = DELIVERY.withHeader(SignedDelivery.SIGNATURE, values);
		if (values.length == 0) {
			signed = signed.withHeader("X-Hub-Signature", "sha1=" + "0".repeat(40));
		}
		try {
			this.verifier.verify(signed.raw());
			return null;
		}
		catch (DeliveryRefused ex) {
			return ex.kind();
		}
	}

}
