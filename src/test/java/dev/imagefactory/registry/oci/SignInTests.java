package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.layout.TestImages;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Signing in with tokens, at a desk that gives none too many. */
class SignInTests {

	private static final ImageName APP = ImageName.of("payments/app");

	private static final String ACCOUNT = "\"username\": \"factory\", \"password\": \"s3cret\"";

	@TempDir
	private Path folder;

	private Path local;

	private StrictRegistry server;

	private TokenDesk desk;

	@BeforeEach
	void start() {
		this.local = this.folder.resolve("local");
		this.server = new StrictRegistry();
		this.desk = new TokenDesk();
		this.server.guardedBy(this.desk);
	}

	@AfterEach
	void stop() {
		this.server.close();
		this.desk.close();
	}

	private Registry registry(String account) {
		return with("{\"auths\": {\"%s\": {%s}}}".formatted(this.server.host(), account));
	}

	private Registry with(String config) {
		try {
			Path file = Files.writeString(this.folder.resolve("config.json"), config);
			return new OciRegistry(Endpoint.of(this.server.host(), true), new DockerConfig(file), new Wire(null));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private Digest push(Registry registry, ImageName image) {
		Digest digest = TestImages.make(this.local, Map.of("a", "1"), Map.of());
		registry.push(this.local, digest, image, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		return digest;
	}

	@Test
	void pushWhenRegistryWantsTokensGetsThemForWhatItSaysAndKeepsThem() {
		Registry registry = registry(ACCOUNT);
		Digest digest = push(registry, APP);
		assertThat(this.desk.asked).containsExactly("repository:payments/app:pull",
				"repository:payments/app:pull,push");
		assertThat(registry.tags(APP)).containsOnly(Map.entry("v1", digest));
		assertThat(this.desk.asked).as("asked for again").hasSize(2);
		ImageName other = ImageName.of("payments/other");
		assertThat(registry.holds(other, digest)).isFalse();
		assertThat(this.desk.asked).last().isEqualTo("repository:payments/other:pull");
		assertThat(this.desk.shown).as("what the registry saw").noneMatch((header) -> header.contains("Basic"));
	}

	@Test
	void callWhenTokensHaveExpiredAtTheRegistryGetsAnother() {
		Registry registry = registry(ACCOUNT);
		Digest digest = push(registry, APP);
		this.desk.expireAll();
		assertThat(registry.digest(APP, "v1")).contains(digest);
	}

	@Test
	void callWhenTokenIsAboutToEndGetsAnotherBefore() {
		this.desk.more = "\"expires_in\":0";
		Registry registry = registry(ACCOUNT);
		assertThat(registry.digest(APP, "v1")).isEmpty();
		Awaitility.await("the token that has ended is shown no more").atMost(Duration.ofSeconds(30)).until(() -> {
			this.desk.shown.clear();
			registry.digest(APP, "v1");
			return this.desk.shown.getFirst().equals("null");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"expires_in\":9223372036854775807", "\"expires_in\":-5", "\"expires_in\":null",
			"\"expires_in\":\"300\"" })
	void callWhenTokenHasAnyLifeIsMade(String life) {
		this.desk.more = life;
		Registry registry = registry(ACCOUNT);
		assertThat(registry.digest(APP, "v1")).isEmpty();
		assertThat(registry.digest(APP, "v1")).isEmpty();
	}

	@Test
	void callWhenTokenIsForAnotherAudienceIsRefusedAfterOneMoreTry() {
		this.desk.audience = "another.registry";
		assertFailure(() -> registry(ACCOUNT).digest(APP, "v1")).withMessageContainingAll("the registry answered 401",
				"may pull and push payments/app");
		assertThat(this.desk.shown).hasSize(2);
		assertThat(this.desk.asked).hasSize(1);
	}

	@Test
	void pushWhenTokenAllowsReadingOnlySaysWhichRightIsMissing() {
		this.desk.scope = "repository:payments/app:pull";
		Registry registry = registry(ACCOUNT);
		assertFailure(() -> push(registry, APP)).withMessageContainingAll("Cannot upload sha256:",
				"the registry answered 401", "may pull and push payments/app");
		assertThat(this.server.blobs).isEmpty();
	}

	@Test
	void callWhenTokenIsForAnotherRepositoryIsRefused() {
		this.desk.scope = "repository:payments/other:pull,push";
		assertFailure(() -> registry(ACCOUNT).holds(APP, Digest.ofBytes(new byte[0])))
			.withMessageContaining("the registry answered 401");
	}

	@Test
	void pushWhenConfigHasAnIdentityTokenExchangesIt() {
		Registry registry = registry("\"auth\": \"bm9ib2R5Og==\", \"identitytoken\": \"an-identity\"");
		Digest digest = push(registry, APP);
		assertThat(registry.digest(APP, "v1")).contains(digest);
		assertThat(this.desk.shown).noneMatch((header) -> header.contains("an-identity"));
	}

	@Test
	void callWhenDeskDoesNotKnowTheAccountTellsNoSecret() {
		assertFailure(() -> registry("\"username\": \"factory\", \"password\": \"wr0ng\"").digest(APP, "v1"))
			.withMessageContainingAll("Cannot get a token for payments/app", "it answered 401",
					"image-factory.registry.credentials-file")
			.satisfies((ex) -> assertThat(ex.toString()).doesNotContain("wr0ng"));
	}

	@Test
	void callWhenDeskIsBusyLeavesItAlone() {
		this.desk.fault = StrictRegistry.answering(429, "Retry-After", "60");
		Registry registry = registry(ACCOUNT);
		assertFailure(() -> registry.digest(APP, "v1")).withMessageContainingAll("it answered 429", "try again");
		assertFailure(() -> registry.digest(APP, "v1")).withMessageContaining("asked us to wait");
		assertThat(this.desk.asked).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"token\": \"\"}", "{\"token\": \"a\\r\\nX-Evil: b\"}", "not json", "null" })
	void callWhenDeskGivesNoTokenSaysSoWithoutWhatItGave(String answer) {
		this.desk.fault = StrictRegistry.telling(200, "application/json", answer);
		assertFailure(() -> registry(ACCOUNT).digest(APP, "v1")).withMessageEndingWith("its answer holds no token")
			.satisfies((ex) -> assertThat(ex.getCause()).isNull());
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://192.0.2.1/token", "ftp://127.0.0.1/token", "/token", "https://", "not an address",
			"https://host/token#part" })
	void callWhenDeskIsElsewhereAndNotBehindTlsSendsItNothing(String realm) {
		this.desk.realm = realm;
		assertFailure(() -> registry(ACCOUNT).digest(APP, "v1"))
			.withMessageEndingWith("credentials are sent to https addresses only");
	}

	@Test
	void callWhenConfigHasNoAccountForTheRegistryIsRefused() {
		assertFailure(() -> with("{\"auths\": {\"other.example\": {%s}}}".formatted(ACCOUNT)).digest(APP, "v1"))
			.withMessageContaining("it answered 401");
		assertFailure(() -> with("{\"auths\": {\"%s\": {}}, \"credsStore\": \"desktop\"}".formatted(this.server.host()))
			.digest(APP, "v1"))
			.withMessageContainingAll("names a credential helper", "write the credentials under auths");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "s3cret", "{\"auths\": \"s3cret\"}", "{\"auths\": {\"%s\": {\"auth\": \"s3cret!\"}}}" })
	void callWhenConfigCannotBeReadTellsNothingOfIt(String config) {
		assertFailure(() -> with(config.replace("%s", this.server.host())).digest(APP, "v1"))
			.withMessageContainingAll("cannot be read", "image-factory.registry.credentials-file")
			.satisfies((ex) -> assertThat(ex.toString() + ex.getCause()).doesNotContain("s3cret"));
	}

	private static ThrowableAssertAlternative<RegistryUnavailable> assertFailure(ThrowingCallable call) {
		return assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(call);
	}

}
