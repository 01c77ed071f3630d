package dev.imagefactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DataDirectoryTests {

	@TempDir
	private Path folder;

	@Test
	void takeWhenAbsentCreatesItForItsOwnerOnly() throws IOException {
		try (DataDirectory taken = DataDirectory.take(this.folder.resolve("a/data"))) {
			assertThat(taken.path()).isAbsolute().isDirectory();
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(taken.path())))
				.isEqualTo("rwx------");
		}
	}

	@Test
	void takeWhenTakenInThisProcessRefusesAndTheFirstKeepsItsLock() throws Exception {
		try (DataDirectory taken = DataDirectory.take(this.folder)) {
			assertThatExceptionOfType(UnusableDataDirectory.class).isThrownBy(() -> DataDirectory.take(this.folder))
				.withMessageContaining(taken.path().toString())
				.withMessageContaining("pid " + ProcessHandle.current().pid());
			Process other = start();
			assertThat(other.waitFor()).isEqualTo(7);
		}
	}

	@Test
	void takeWhenAnotherProcessHasItNamesDirectoryAndPid() throws Exception {
		Process other = start();
		try (var lines = other.inputReader()) {
			assertThat(lines.readLine()).isEqualTo("taken");
			assertThatExceptionOfType(UnusableDataDirectory.class).isThrownBy(() -> DataDirectory.take(this.folder))
				.withMessageContaining(this.folder.toRealPath().toString())
				.withMessageContaining("pid " + other.pid())
				.satisfies((ex) -> assertThat(ex.action()).contains("image-factory.data-dir"));
		}
		finally {
			other.destroyForcibly();
		}
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !other.isAlive());
		DataDirectory.take(this.folder).close();
	}

	@Test
	void takeWhenItIsAFileSaysSo() throws IOException {
		Path file = Files.writeString(this.folder.resolve("data"), "x");
		assertThatExceptionOfType(UnusableDataDirectory.class).isThrownBy(() -> DataDirectory.take(file))
			.withMessageContaining(file.toString())
			.withMessageContaining("cannot be written");
	}

	@Test
	void closeWhenTakenLetsTheNextOneIn() {
		DataDirectory.take(this.folder).close();
		DataDirectory.take(this.folder).close();
	}

	private Process start() throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		return new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Holder.class.getName(),
				this.folder.toString())
			.start();
	}

	/** Takes the directory and keeps it until it is killed. */
	static final class Holder {

		private Holder() {
		}

		public static void main(String[] arguments) throws InterruptedException {
			try {
				DataDirectory.take(Path.of(arguments[0]));
			}
			catch (UnusableDataDirectory ex) {
				System.exit(7);
			}
			System.out.println("taken");
			Thread.currentThread().join();
		}

	}

}
