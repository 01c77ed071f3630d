package dev.imagefactory.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import dev.imagefactory.pipeline.BuildId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LogRetentionTests {

	private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

	@TempDir
	private Path folder;

	@Test
	void forgetWhenRunEndedLongAgoDeletesItsLogsOnly() throws IOException {
		Path old = ended("build-old", NOW.minus(Duration.ofDays(91)));
		Path young = ended("build-young", NOW.minus(Duration.ofDays(89)));
		Path running = Files.createDirectories(this.folder.resolve("build-running"));
		Files.setLastModifiedTime(running, FileTime.from(NOW.minus(Duration.ofDays(200))));
		assertThat(retention(this.folder).forget()).isEqualTo(1);
		assertThat(old).doesNotExist();
		assertThat(young).exists();
		assertThat(running).exists();
	}

	@Test
	void forgetWhenNobodyNotedTheEndOfARunDeletesItsLogsMuchLater() throws IOException {
		Path lost = unended(BuildId.next(NOW.minus(Duration.ofDays(121))));
		Path running = unended(BuildId.next(NOW.minus(Duration.ofDays(119))));
		assertThat(retention(this.folder).forget()).isEqualTo(1);
		assertThat(lost).doesNotExist();
		assertThat(running).exists();
	}

	private Path unended(BuildId build) throws IOException {
		return Files.createDirectories(this.folder.resolve(build.value()));
	}

	@Test
	void forgetWhenThereAreNoLogsYetDoesNothing() {
		assertThat(retention(this.folder.resolve("absent")).forget()).isZero();
	}

	private Path ended(String build, Instant at) throws IOException {
		Path logs = Files.createDirectories(this.folder.resolve(build));
		Files.writeString(logs.resolve("clone.log"), "text");
		Path mark = Files.createFile(logs.resolve(FileStepLogs.COMPLETE));
		Files.setLastModifiedTime(mark, FileTime.from(at));
		return logs;
	}

	private static LogRetention retention(Path folder) {
		return new LogRetention(folder, Duration.ofDays(90), Clock.fixed(NOW, ZoneOffset.UTC));
	}

}
