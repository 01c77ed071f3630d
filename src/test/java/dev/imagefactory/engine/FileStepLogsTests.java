package dev.imagefactory.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import dev.imagefactory.engine.StepLogs.Part;
import dev.imagefactory.engine.StepLogs.StepLog;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for step logs in files only: a crash can tear a line. */
class FileStepLogsTests {

	private static final String TIME = "2026-01-02T03:04:05.678Z ";

	private final Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"), ZoneOffset.UTC);

	private final BuildId build = BuildId.next(Instant.now());

	@TempDir
	Path folder;

	private FileStepLogs logs;

	@BeforeEach
	void makeLogs() {
		this.logs = new FileStepLogs(this.folder, this.clock);
	}

	@Test
	void readWhenACrashCutTheLogIsCompleteOnceTheRunIs() throws IOException {
		this.logs.open(this.build, Step.CLONE).line("one");
		Files.writeString(file(Step.CLONE), "half a l", StandardOpenOption.APPEND);
		FileStepLogs next = new FileStepLogs(this.folder, this.clock);
		assertThat(next.read(this.build, Step.CLONE, 0)).isEqualTo(new Part(TIME + "one\n", 29, false));
		next.complete(this.build);
		assertThat(next.read(this.build, Step.CLONE, 29)).isEqualTo(new Part("half a l", 37, true));
	}

	@Test
	void openWhenAnEarlierAttemptWroteKeepsItAboveAndReopens() throws IOException {
		this.logs.open(this.build, Step.CLONE).line("first");
		Files.writeString(file(Step.CLONE), "torn", StandardOpenOption.APPEND);
		this.logs.complete(this.build);
		FileStepLogs next = new FileStepLogs(this.folder, this.clock);
		try (StepLog log = next.open(this.build, Step.CLONE)) {
			log.line("second");
			Part part = next.read(this.build, Step.CLONE, 0);
			assertThat(part.text()).isEqualTo(TIME + "first\ntorn\n" + TIME + "second\n");
			assertThat(part.complete()).isFalse();
		}
	}

	private Path file(Step step) {
		return this.folder.resolve(this.build.value()).resolve(step.wireName() + ".log");
	}

}
