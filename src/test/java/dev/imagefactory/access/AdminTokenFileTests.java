package dev.imagefactory.access;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@ExtendWith(OutputCaptureExtension.class)
@ResourceLock(Resources.SYSTEM_OUT)
class AdminTokenFileTests {

	@TempDir
	private Path directory;

	@Test
	void readOrCreateWhenMissingMakesAFileForItsOwnerOnly(CapturedOutput output) throws Exception {
		AdminTokenFile file = AdminTokenFile.in(this.directory.resolve("data"));
		AdminToken token = file.readOrCreate();
		String text = Files.readString(file.path()).strip();
		assertThat(text).matches("[A-Za-z0-9_-]{43}");
		assertThat(token.matches(text)).isTrue();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path()))).isEqualTo("rw-------");
		assertThat(output).contains(file.path().toString()).doesNotContain(text);
		try (var files = Files.list(this.directory.resolve("data"))) {
			assertThat(files).containsExactly(file.path());
		}
	}

	@Test
	void readOrCreateWhenThereKeepsIt() {
		AdminTokenFile file = AdminTokenFile.in(this.directory);
		byte[] first = file.readOrCreate().keyFor("test");
		assertThat(file.readOrCreate().keyFor("test")).isEqualTo(first);
	}

	@Test
	void readOrCreateWhenManyStartAtOnceGivesAllTheSame() throws Exception {
		try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
			Callable<String> start = () -> {
				AdminTokenFile file = AdminTokenFile.in(this.directory);
				AdminToken token = file.readOrCreate();
				String text = Files.readString(file.path()).strip();
				assertThat(token.matches(text)).isTrue();
				return text;
			};
			List<Future<String>> all = executor.invokeAll(IntStream.range(0, 32).mapToObj((i) -> start).toList());
			assertThat(all.stream().map(Future::resultNow).distinct()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0123456789abcdef", "0123456789abcdef\n", "0123456789abcdef\r\n" })
	void readOrCreateWhenGivenDropsOneLineEnd(String content) throws Exception {
		Path path = Files.writeString(this.directory.resolve("given"), content);
		assertThat(AdminTokenFile.given(path).readOrCreate().matches("0123456789abcdef")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "0123456789abcde\n", "0123456789abcdef\n\n", "0123456789 abcdef",
			"0123456789äbcdef" })
	void readOrCreateWhenGivenIsUnfitSaysWhatToDoAndNotWhatItHolds(String content) throws Exception {
		Path path = Files.writeString(this.directory.resolve("given"), content);
		assertThatIllegalStateException().isThrownBy(() -> AdminTokenFile.given(path).readOrCreate())
			.withMessageContaining(path.toString())
			.withMessageContaining("image-factory.access.admin-token-file")
			.withMessageNotContaining("0123456789");
	}

	@Test
	void readOrCreateWhenGivenIsMissingMakesNone() {
		Path path = this.directory.resolve("given");
		assertThatIllegalStateException().isThrownBy(() -> AdminTokenFile.given(path).readOrCreate())
			.withMessageContaining(path.toString());
		assertThat(path).doesNotExist();
	}

	@Test
	void toStringWhenAskedShowsNothing() {
		assertThat(AdminToken.of("0123456789abcdef")).asString().doesNotContain("0123");
	}

	@Test
	void matchesWhenAlmostTheSameIsFalse() {
		AdminToken token = AdminToken.of("0123456789abcdef");
		assertThat(token.matches("0123456789abcdef")).isTrue();
		assertThat(List.of("", "0123456789abcdeF", "0123456789abcde", "0123456789abcdef0", "0123456789abcdef\n"))
			.noneMatch(token::matches);
	}

}
