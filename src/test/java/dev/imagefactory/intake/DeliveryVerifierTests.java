package dev.imagefactory.intake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.DeliveryRefused.Cause;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.SecretScope;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DeliveryVerifierTests {

	private static final SignedDelivery GOOD = SignedDelivery.release("acme/app", 1, "v1");

	private final TestOnboarding onboarding = TestOnboarding.standard();

	private final TestKnownRepositories known = new TestKnownRepositories();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final DeliveryVerifier verifier = new DeliveryVerifier(this.onboarding, this.onboarding, this.known,
			new IntakeMetrics(this.meters));

	@Test
	void verifyWhenSignedGivesTheEventAndWhatIdentifiesIt() {
		SignedDelivery delivery = GOOD.withGuid("72d3162e-cc78-11e3-81ab-4c9367dc0958");
		VerifiedDelivery verified = this.verifier.verify(delivery.raw());
		assertThat(verified.event()).isInstanceOf(GitHubEvent.Release.class);
		assertThat(verified.body()).isEqualTo(delivery.body());
		assertThat(verified.envelope().hook()).isEqualTo("551");
		assertThat(verified.envelope().guid()).isEqualTo("72d3162e-cc78-11e3-81ab-4c9367dc0958");
		assertThat(verified.envelope().eventName()).isEqualTo("release");
		assertThat(verified.envelope().bodySha256()).matches("[0-9a-f]{64}");
	}

	@Test
	void verifyWhenSignedAsGitHubPublishedMatches() {
		// GitHub documentation, "Validating webhook deliveries": the published example.
		SignedDelivery example = SignedDelivery.of("push", "Hello, World!")
			.withHeader(SignedDelivery.SIGNATURE,
					"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
		// The signature is right, so the body is what is refused.
		assertRefused(example, Cause.JSON);
	}

	@Test
	void verifyWhenPreviousSecretAcceptsAndCounts() {
		this.onboarding.withSecret("old", new SecretScope.Shared(), false);
		this.verifier.verify(GOOD.raw());
		this.verifier.verify(GOOD.withSecret("old").raw());
		this.verifier.verify(GOOD.withSecret("old").raw());
		assertThat(signatures("current")).isEqualTo(1);
		assertThat(signatures("previous")).isEqualTo(2);
	}

	private double signatures(String secret) {
		return this.meters.counter("image.factory.webhook.signatures", "secret", secret).count();
	}

	/** Every delivery has two faults; the contract says which one is told. */
	@Test
	void verifyWhenSeveralFaultsTellsTheFirst() {
		SignedDelivery json = SignedDelivery.of("release", "{");
		assertRefused(GOOD.withSecret("x").withHeader("Content-Type", "text/plain"), Cause.SIGNATURE);
		assertRefused(GOOD.withHeader("Content-Type", "text/plain").withHeader("X-GitHub-Event"), Cause.CONTENT_TYPE);
		assertRefused(json.withHeader("X-GitHub-Event"), Cause.HEADERS);
		this.onboarding.withOwnSecret("acme/own", 5, "own");
		assertRefused(json.withSecret("own"), Cause.JSON);
		assertRefused(SignedDelivery.of("release", "{\"repository\":{\"id\":6}}").withSecret("own"), Cause.SCOPE);
		this.onboarding.withPinned("acme/pinned", 7);
		assertRefused(SignedDelivery.release("acme/pinned", 8, ""), Cause.SHAPE);
		assertRefused(SignedDelivery.release("acme/pinned", 8, "v1"), Cause.IDENTITY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "application/json; charset=utf-8",
			"Application/JSON;charset=\"UTF-8\"", "application/json;x=y" })
	void verifyWhenJsonIsDeclaredAccepts(String type) {
		assertThat(this.verifier.verify(GOOD.withHeader("Content-Type", type).raw())).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "text/json", "application/jsonp", "application/json, text/plain",
			"application/json; charset=utf-16", "application/json; charset=iso-8859-1", "application/json;charset=",
			"multipart/form-data; boundary=x", "application/x-www-form-urlencoded" })
	void verifyWhenAnotherTypeIsDeclaredRefuses(String type) {
		assertRefused(GOOD.withHeader("Content-Type", type), Cause.CONTENT_TYPE);
	}

	@Test
	void verifyWhenFormBodyNamesTheFix() {
		assertThatExceptionOfType(DeliveryRefused.class).isThrownBy(
				() -> this.verifier.verify(GOOD.withHeader("Content-Type", "application/x-www-form-urlencoded").raw()))
			.withMessageContaining("set the hook's content type to application/json");
	}

	@Test
	void verifyWhenTypeIsMissingOrDoubledRefuses() {
		assertRefused(GOOD.withHeader("Content-Type"), Cause.CONTENT_TYPE);
		assertRefused(GOOD.withHeader("Content-Type", "application/json", "application/json"), Cause.CONTENT_TYPE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "identity", "br", "" })
	void verifyWhenBodyIsEncodedRefuses(String encoding) {
		assertRefused(GOOD.withHeader("Content-Encoding", encoding), Cause.CONTENT_TYPE);
	}

	static Stream<SignedDelivery> wrongHeaders() {
		return Stream.of("X-GitHub-Event", "X-GitHub-Delivery")
			.flatMap((name) -> Stream
				.of(new String[] {}, new String[] { "" }, new String[] { "a b" }, new String[] { "x".repeat(65) },
						new String[] { "push", "push" }, new String[] { "pu\u00e4sh" }, new String[] { "push\n" })
				.map((values) -> GOOD.withHeader(name, values)));
	}

	@ParameterizedTest
	@MethodSource("wrongHeaders")
	void verifyWhenHeaderIsWrongRefuses(SignedDelivery delivery) {
		assertRefused(delivery, Cause.HEADERS);
	}

	@Test
	void verifyWhenEventIsInUpperCaseRefuses() {
		assertRefused(GOOD.withHeader("X-GitHub-Event", "Release"), Cause.HEADERS);
	}

	@Test
	void verifyWhenHookHeaderIsMalformedIgnoresIt() {
		for (String[] values : new String[][] { {}, { "x" }, { "0" }, { "-1" }, { "1", "2" }, { "9".repeat(70) } }) {
			assertThat(this.verifier.verify(GOOD.withHeader("X-GitHub-Hook-ID", values).raw()).envelope().hook())
				.isEmpty();
		}
	}

	@Test
	void hintWhenTargetIsRepositoryNamesIt() {
		SignedDelivery hinted = GOOD.withHeader("X-GitHub-Hook-Installation-Target-Type", "repository")
			.withHeader("X-GitHub-Hook-Installation-Target-ID", "79929171");
		assertThat(DeliveryHeaders.hintedRepository(hinted.raw())).isEqualTo(RepositoryId.github(79929171));
		assertThat(DeliveryHeaders
			.hintedRepository(hinted.withHeader("X-GitHub-Hook-Installation-Target-Type", "organization").raw()))
			.isNull();
		assertThat(DeliveryHeaders
			.hintedRepository(hinted.withHeader("X-GitHub-Hook-Installation-Target-ID", "9".repeat(30)).raw()))
			.isNull();
		assertThat(DeliveryHeaders.hintedRepository(GOOD.raw())).isNull();
	}

	@Test
	void verifyWhenSharedSecretSpeaksForRepositoryWithOwnSecretRefuses() {
		this.onboarding.withOwnSecret("acme/own", 5, "own");
		assertRefused(SignedDelivery.release("acme/own", 5, "v1"), Cause.SCOPE);
		assertThat(this.verifier.verify(SignedDelivery.release("acme/own", 5, "v1").withSecret("own").raw()))
			.isNotNull();
	}

	@Test
	void verifyWhenSharedSecretSpeaksForRenamedRepositoryWithOwnSecretRefuses() {
		this.onboarding.withOwnSecret("acme/own", 5, "own");
		assertRefused(SignedDelivery.release("acme/renamed", 5, "v1"), Cause.SCOPE);
	}

	@Test
	void verifyWhenOwnSecretSpeaksForAnotherRepositoryRefuses() {
		this.onboarding.withOwnSecret("acme/own", 5, "own");
		assertRefused(SignedDelivery.release("acme/app", 1, "v1").withSecret("own"), Cause.SCOPE);
		assertRefused(SignedDelivery.release("acme/own", 1, "v1").withSecret("own"), Cause.SCOPE);
	}

	@Test
	void verifyWhenOwnSecretPutsAnotherNameBesideItsIdRefuses() {
		this.onboarding.withOwnSecret("acme/own", 5, "own");
		assertRefused(SignedDelivery.release("acme/app", 5, "v1").withSecret("own"), Cause.SCOPE);
		assertRefused(SignedDelivery.ping("acme/app", 5).withSecret("own"), Cause.SCOPE);
	}

	@Test
	void verifyWhenRepositoryWithOwnSecretWasRenamedAccepts() {
		this.onboarding.withOwnSecret("acme/own", 5, "own");
		assertThat(this.verifier.verify(SignedDelivery.release("acme/renamed", 5, "v1").withSecret("own").raw()))
			.isNotNull();
	}

	@Test
	void verifyWhenSharedAndOwnSecretAreTheSameAcceptsBoth() {
		this.onboarding.withOwnSecret("acme/own", 5, SignedDelivery.SECRET);
		assertThat(this.verifier.verify(SignedDelivery.release("acme/own", 5, "v1").raw())).isNotNull();
		assertThat(this.verifier.verify(GOOD.raw())).isNotNull();
	}

	@Test
	void verifyWhenPayloadHasNoRepositoryAccepts() {
		this.onboarding.withOwnSecret("acme/own", 5, "own");
		SignedDelivery organization = SignedDelivery.of("organization", "{\"action\":\"member_added\"}");
		assertThat(this.verifier.verify(organization.raw())).isNotNull();
		assertThat(this.verifier.verify(organization.withSecret("own").raw())).isNotNull();
	}

	@Test
	void verifyWhenKnownNameHasAnotherIdRefuses() {
		this.known.remember(RepositoryId.github(1), RepositoryName.of("acme/app"), "main", Instant.EPOCH);
		assertThat(this.verifier.verify(GOOD.raw())).isNotNull();
		assertRefused(SignedDelivery.release("ACME/App", 2, "v1"), Cause.IDENTITY);
		assertRefused(SignedDelivery.ping("acme/app", 2), Cause.IDENTITY);
	}

	@Test
	void verifyWhenKnownIdHasNewNameAccepts() {
		this.known.remember(RepositoryId.github(1), RepositoryName.of("acme/app"), "main", Instant.EPOCH);
		assertThat(this.verifier.verify(SignedDelivery.release("acme/moved", 1, "v1").raw())).isNotNull();
	}

	@Test
	void verifyWhenSettingsPinAnotherIdRefuses() {
		TestOnboarding pinned = new TestOnboarding().withPinned("acme/app", 9)
			.withRule(RepositoryRule.standard("acme/*"))
			.withSecret(SignedDelivery.SECRET, new SecretScope.Shared(), true);
		DeliveryVerifier strict = new DeliveryVerifier(pinned, pinned, this.known, new IntakeMetrics(this.meters));
		assertThatExceptionOfType(DeliveryRefused.class).isThrownBy(() -> strict.verify(GOOD.raw()))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Cause.IDENTITY))
			.withMessageContaining("acme/app")
			.withMessageContaining("9");
	}

	@Test
	void verifyWhenBodyIsTruncatedRefuses() {
		byte[] half = Arrays.copyOf(GOOD.body(), GOOD.body().length / 2);
		assertRefused(
				SignedDelivery.of("release", half)
					.withHeader(SignedDelivery.SIGNATURE, GOOD.headers().get(SignedDelivery.SIGNATURE).get(0)),
				Cause.SIGNATURE);
		assertRefused(SignedDelivery.of("release", half), Cause.JSON);
		assertRefused(SignedDelivery.of("release", new byte[0]), Cause.JSON);
	}

	@Test
	void verifyWhenRefusedShowsNoSecretNoSignatureAndNoContent() {
		SignedDelivery wrong = GOOD.withSecret("tr0ub4dor");
		assertThatExceptionOfType(DeliveryRefused.class).isThrownBy(() -> this.verifier.verify(wrong.raw()))
			.withMessageNotContaining("tr0ub4dor")
			.withMessageNotContaining(SignedDelivery.SECRET)
			.withMessageNotContaining(wrong.headers().get(SignedDelivery.SIGNATURE).get(0).substring(7));
		ObjectNode payload = SignedDelivery.payload("release");
		payload.put("action", new String(new char[] { 'h', 'u', 's', 'h' }));
		((ObjectNode) payload.get("release")).put("draft", "hush");
		assertThatExceptionOfType(DeliveryRefused.class)
			.isThrownBy(() -> this.verifier
				.verify(SignedDelivery.of("release", payload.toString().getBytes(StandardCharsets.UTF_8)).raw()))
			.withMessageContaining("release.draft: found a string, expected a boolean")
			.withMessageNotContaining("hush");
	}

	private void assertRefused(SignedDelivery delivery, Cause cause) {
		assertThatExceptionOfType(DeliveryRefused.class).isThrownBy(() -> this.verifier.verify(delivery.raw()))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(cause));
	}

}
