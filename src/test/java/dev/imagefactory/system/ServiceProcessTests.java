package dev.imagefactory.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the tests of the service start must end, also when it never becomes a service. */
class ServiceProcessTests {

	@TempDir
	Path folder;

	/** Told apart from what another test started. */
	private final String sleep = "sleep " + ThreadLocalRandom.current().nextInt(700_000, 800_000);

	@Test
	void startWhenTheServiceDoesNotGetReadyInTimeKillsItAndShowsItsOutput() {
		ServiceProcess.Description slow = ServiceProcess.on(this.folder.resolve("data"))
			.startedBy("sh", "-c", "echo still thinking; exec " + this.sleep, "sh");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> slow.start(Duration.ofSeconds(1)))
			.withMessageContaining("did not get ready within PT1S")
			.withMessageContaining("still thinking");
		assertThat(ProcessHandle.allProcesses())
			.noneMatch((process) -> process.info().commandLine().orElse("").endsWith(this.sleep));
	}

}
