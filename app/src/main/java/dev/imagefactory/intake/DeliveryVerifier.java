package dev.imagefactory.intake;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.github.Payload;
import dev.imagefactory.intake.DeliveryRefused.Cause;
import dev.imagefactory.intake.VerifiedDelivery.Envelope;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.WebhookSecret;
import dev.imagefactory.onboarding.WebhookSecrets;

/**
 * Turns raw requests into verified deliveries, or says why not. Nothing of a body is
 * looked at before its signature was checked.
 */
public final class DeliveryVerifier {

	private final WebhookSecrets secrets;

	private final DeliveryScope scope;

	private final EventReader reader;

	private final IntakeMetrics metrics;

	/**
	 * Creates a verifier.
	 * @param secrets the live secrets
	 * @param onboarding which repositories are onboarded
	 * @param known which repositories were seen
	 * @param metrics counts which secrets match
	 */
	public DeliveryVerifier(WebhookSecrets secrets, Onboarding onboarding, KnownRepositories known,
			IntakeMetrics metrics) {
		this.secrets = secrets;
		this.scope = new DeliveryScope(onboarding, known);
		this.reader = new EventReader(onboarding, known);
		this.metrics = metrics;
	}

	/**
	 * Verifies a delivery, in the order that the contract fixes.
	 * @param raw the request
	 * @return the verified delivery
	 * @throws DeliveryRefused when it is refused
	 */
	public VerifiedDelivery verify(RawDelivery raw) {
		List<WebhookSecret> matching = requireSigned(raw);
		DeliveryHeaders.requireJson(raw);
		DeliveryHeaders headers = DeliveryHeaders.of(raw);
		Payload payload = this.reader.parse(raw.body());
		this.scope.requireSpeaker(payload, matching);
		GitHubEvent event = this.reader.as(payload, headers.event());
		this.reader.requireIdentity(event);
		return new VerifiedDelivery(
				new Envelope(DeliveryHeaders.hook(raw), headers.guid(), headers.event(), sha256(raw.body())),
				raw.body(), event);
	}

	private List<WebhookSecret> requireSigned(RawDelivery raw) {
		DeliverySignature signature = DeliverySignature.of(raw);
		List<WebhookSecret> candidates = this.secrets.candidates(DeliveryHeaders.hintedRepository(raw));
		List<WebhookSecret> matching = signature.matching(raw.body(), candidates);
		if (matching.isEmpty()) {
			throw new DeliveryRefused(Cause.SIGNATURE, "The signature was made with none of the live secrets, or the "
					+ "body was changed on its way: compare the hook's secret with the one in the factory's settings");
		}
		this.metrics.signed(matching.stream().anyMatch(WebhookSecret::isCurrent));
		return matching;
	}

	private static String sha256(byte[] body) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java runtime lacks SHA-256", ex);
		}
	}

}
