package dev.imagefactory.onboarding;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@ExtendWith(OutputCaptureExtension.class)
@ResourceLock(Resources.SYSTEM_OUT)
class FileWebhookSecretsTests {

	@TempDir
	private Path folder;

	private final TestClock clock = new TestClock();

	@Test
	void candidatesWhenNothingIsHintedBeginWithTheSharedOnesCurrentFirst() throws IOException {
		WebhookSecrets secrets = secrets(List.of(file("current"), file("previous")), own(1, "own"));
		assertThat(keys(secrets, null)).containsExactly("current", "previous", "own");
		assertThat(secrets.candidates(null)).extracting(WebhookSecret::isCurrent).containsExactly(true, false, true);
		assertThat(secrets.candidates(null)).extracting(WebhookSecret::scope)
			.containsExactly(new SecretScope.Shared(), new SecretScope.Shared(),
					new SecretScope.OwnedBy(RepositoryId.github(1)));
	}

	@Test
	void candidatesWhenRepositoryIsHintedBeginWithItsOwn() throws IOException {
		WebhookSecrets secrets = secrets(List.of(file("shared")), own(1, "one"), own(2, "two", "older"));
		assertThat(keys(secrets, RepositoryId.github(2))).containsExactly("two", "older", "shared", "one");
	}

	@Test
	void candidatesWhenHintIsUnknownIgnoresIt() throws IOException {
		assertThat(keys(secrets(List.of(file("shared"))), RepositoryId.github(9))).containsExactly("shared");
	}

	@Test
	void candidatesWhenManyGivesAtMostEight() throws IOException {
		List<RepositoryRule> rules = new ArrayList<>();
		for (int i = 1; i <= 9; i++) {
			rules.add(own(i, "own" + i, "older" + i));
		}
		WebhookSecrets secrets = secrets(List.of(file("shared")), rules.toArray(RepositoryRule[]::new));
		assertThat(keys(secrets, RepositoryId.github(9))).containsExactly("own9", "older9", "shared", "own1", "older1",
				"own2", "older2", "own3");
	}

	@Test
	void candidatesWhenFileEndsWithLineEndsDropsOne() throws IOException {
		Path unix = Files.writeString(this.folder.resolve("unix"), "secret\n\n");
		Path windows = Files.writeString(this.folder.resolve("windows"), "secret \r\n");
		assertThat(keys(secrets(List.of(unix, windows)), null)).containsExactly("secret\n", "secret ");
	}

	@Test
	void candidatesWhenFileChangesTakesItOverAfterASecond() throws IOException {
		Path file = file("before");
		WebhookSecrets secrets = secrets(List.of(file));
		replace(file, "after!");
		assertThat(keys(secrets, null)).containsExactly("before");
		this.clock.now = this.clock.now.plusSeconds(1);
		assertThat(keys(secrets, null)).containsExactly("after!");
	}

	@Test
	void candidatesWhenFileVanishesKeepsTheLastAndWarnsOnce(CapturedOutput output) throws IOException {
		Path file = file("kept-secret");
		WebhookSecrets secrets = secrets(List.of(file));
		Files.delete(file);
		for (int i = 0; i < 3; i++) {
			this.clock.now = this.clock.now.plusSeconds(2);
			assertThat(keys(secrets, null)).containsExactly("kept-secret");
		}
		String warning = "go on with the last one";
		assertThat(output.getAll()).contains(file.getFileName().toString())
			.containsOnlyOnce(warning)
			.doesNotContain("kept-secret");
		Files.writeString(file, "");
		this.clock.now = this.clock.now.plusSeconds(2);
		assertThat(keys(secrets, null)).containsExactly("kept-secret");
		replace(file, "new");
		this.clock.now = this.clock.now.plusSeconds(2);
		assertThat(keys(secrets, null)).containsExactly("new");
	}

	@Test
	void createWhenFileIsMissingRefuses() {
		Path missing = this.folder.resolve("missing");
		assertThatIllegalStateException().isThrownBy(() -> secrets(List.of(missing)))
			.withMessageContaining(missing.toString());
	}

	private WebhookSecrets secrets(List<Path> shared, RepositoryRule... rules) {
		Team team = new Team(TeamName.of("payments"), ImageName.of("payments"), ArgoIdentity.standard(),
				GatePolicy.standard(), List.of(rules));
		return new FileWebhookSecrets(shared, List.of(team), this.clock);
	}

	private RepositoryRule own(int id, String... secrets) throws IOException {
		List<Path> files = new ArrayList<>();
		for (String secret : secrets) {
			files.add(file(secret));
		}
		return new RepositoryRule(RepositoryPattern.of("acme/app" + id), Provider.GITHUB, RepositoryId.github(id),
				List.of(), null, false, null, null, files, false);
	}

	private Path file(String secret) throws IOException {
		return Files.writeString(this.folder.resolve("file-" + Integer.toHexString(secret.hashCode())), secret + "\n");
	}

	/** As Kubernetes and careful people do it. */
	private void replace(Path file, String secret) throws IOException {
		Files.deleteIfExists(file);
		Files.writeString(file, secret + "\n");
	}

	private static List<String> keys(WebhookSecrets secrets, @Nullable RepositoryId hinted) {
		return secrets.candidates(hinted)
			.stream()
			.map((secret) -> new String(secret.key(), StandardCharsets.UTF_8))
			.toList();
	}

	private static final class TestClock extends Clock {

		private Instant now = Instant.parse("2026-01-01T00:00:00Z");

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
