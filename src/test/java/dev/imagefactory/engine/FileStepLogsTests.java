package dev.imagefactory.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
	void readWhileALogIsWrittenGivesWholeLinesAndIsNotComplete() {
		try (StepLog log = this.logs.open(this.build, Step.BUILD)) {
			log.line("one");
			Part first = this.logs.read(this.build, Step.BUILD, 0);
			assertThat(first).isEqualTo(new Part(TIME + "one\n", first.text().length(), false));
			assertThat(this.logs.read(this.build, Step.BUILD, first.next()))
				.isEqualTo(new Part("", first.next(), false));
			log.line("two");
			assertThat(this.logs.read(this.build, Step.BUILD, first.next()).text()).isEqualTo(TIME + "two\n");
		}
		Part rest = this.logs.read(this.build, Step.BUILD, 0);
		assertThat(rest.text()).isEqualTo(TIME + "one\n" + TIME + "two\n");
		assertThat(rest.complete()).isTrue();
		assertThat(this.logs.read(this.build, Step.BUILD, rest.next())).isEqualTo(new Part("", rest.next(), true));
	}

	@Test
	void readWhenNothingWasWrittenIsEmptyAndCompleteOnceTheRunIs() {
		assertThat(this.logs.read(this.build, Step.CLONE, 0)).isEqualTo(new Part("", 0, false));
		this.logs.complete(this.build);
		this.logs.complete(this.build);
		assertThat(this.logs.read(this.build, Step.CLONE, 0)).isEqualTo(new Part("", 0, true));
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

	@Test
	void lineWhenTextHasControlCharactersStaysOneLine() {
		try (StepLog log = this.logs.open(this.build, Step.CLONE)) {
			log.line("a\tb\nc\rd\u0000e\u001b[31mred\u001b[0m\u0085f\r");
		}
		assertThat(this.logs.read(this.build, Step.CLONE, 0).text())
			.isEqualTo(TIME + "a\tb\ufffdc\ufffdd\ufffdered\ufffdf\n");
	}

	@Test
	void lineWhenVeryLongIsCut() {
		try (StepLog log = this.logs.open(this.build, Step.CLONE)) {
			log.line("x".repeat(FileStepLog.LONGEST_LINE + 1));
		}
		assertThat(this.logs.read(this.build, Step.CLONE, 0).text())
			.isEqualTo(TIME + "x".repeat(FileStepLog.LONGEST_LINE) + "...\n");
	}

	@Test
	void lineWhenTheLogIsFullLeavesTheRestOutWithOneNote() throws IOException {
		String long1 = "\u20ac".repeat(5000);
		for (int attempt = 0; attempt < 2; attempt++) {
			try (StepLog log = this.logs.open(this.build, Step.BUILD)) {
				for (int i = 0; i < 400; i++) {
					log.line(long1);
				}
				log.line("short");
			}
		}
		String text = Files.readString(file(Step.BUILD), StandardCharsets.UTF_8);
		assertThat(Files.size(file(Step.BUILD))).isBetween(StepLogs.MOST_BYTES - 20_000L, (long) StepLogs.MOST_BYTES);
		assertThat(text).contains("longer than 4 MiB").doesNotContain("short");
		assertThat(readAll()).isEqualTo(text);
	}

	@Test
	void lineWhenThreadIsInterruptedIsWritten() {
		Thread.currentThread().interrupt();
		try (StepLog log = this.logs.open(this.build, Step.CLONE)) {
			log.line("one");
			log.line("two");
		}
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.logs.read(this.build, Step.CLONE, 0).text()).isEqualTo(TIME + "one\n" + TIME + "two\n");
	}

	@Test
	void stepsWhenSomeHaveLogsListsThemInOrder() {
		this.logs.open(this.build, Step.PUSH).close();
		this.logs.open(this.build, Step.CLONE).close();
		assertThat(this.logs.steps(this.build)).containsExactly(Step.CLONE, Step.PUSH);
		assertThat(this.logs.steps(BuildId.next(Instant.now()))).isEmpty();
	}

	private String readAll() {
		StringBuilder all = new StringBuilder();
		Part part = this.logs.read(this.build, Step.BUILD, 0);
		while (!part.complete()) {
			all.append(part.text());
			part = this.logs.read(this.build, Step.BUILD, part.next());
		}
		return all.append(part.text()).toString();
	}

	private Path file(Step step) {
		return this.folder.resolve(this.build.value()).resolve(step.wireName() + ".log");
	}

}
