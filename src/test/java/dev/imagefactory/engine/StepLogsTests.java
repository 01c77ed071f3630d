package dev.imagefactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.StepLogs.Part;
import dev.imagefactory.engine.StepLogs.StepLog;
import dev.imagefactory.engine.jdbc.TestStepLogs;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for step logs wherever they lie. */
class StepLogsTests {

	private static final String TIME = "2026-01-02T03:04:05.678Z ";

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"), ZoneOffset.UTC);

	private final BuildId build = BuildId.next(Instant.now());

	static Stream<Place> places() {
		return Stream.of(files(), database("H2", TestDatabase::h2), database("PostgreSQL", TestDatabase::postgres));
	}

	private static Place files() {
		try {
			Path folder = Files.createTempDirectory("image-factory-logs-");
			return new Place("files", () -> new FileStepLogs(folder, CLOCK), () -> {
				try {
					FileSystemUtils.deleteRecursively(folder);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Opened by the test that uses it, which is skipped where it cannot be. */
	private static Place database(String name, Supplier<TestDatabase> kind) {
		List<TestDatabase> opened = new ArrayList<>();
		return new Place(name, () -> {
			if (opened.isEmpty()) {
				opened.add(kind.get());
			}
			return TestStepLogs.in(opened.getFirst(), CLOCK);
		}, () -> opened.forEach(TestDatabase::close));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void readWhileALogIsWrittenGivesWholeLinesAndIsNotComplete(Place place) {
		try (place) {
			StepLogs logs = place.open();
			try (StepLog log = logs.open(this.build, Step.BUILD)) {
				log.line("one");
				Part first = logs.read(this.build, Step.BUILD, 0);
				assertThat(first).isEqualTo(new Part(TIME + "one\n", first.text().length(), false));
				assertThat(logs.read(this.build, Step.BUILD, first.next()))
					.isEqualTo(new Part("", first.next(), false));
				log.line("two");
				assertThat(logs.read(this.build, Step.BUILD, first.next()).text()).isEqualTo(TIME + "two\n");
			}
			Part rest = logs.read(this.build, Step.BUILD, 0);
			assertThat(rest.text()).isEqualTo(TIME + "one\n" + TIME + "two\n");
			assertThat(rest.complete()).isTrue();
			assertThat(logs.read(this.build, Step.BUILD, rest.next())).isEqualTo(new Part("", rest.next(), true));
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void readWhenNothingWasWrittenIsEmptyAndCompleteOnceTheRunIs(Place place) {
		try (place) {
			StepLogs logs = place.open();
			assertThat(logs.read(this.build, Step.CLONE, 0)).isEqualTo(new Part("", 0, false));
			logs.complete(this.build);
			logs.complete(this.build);
			assertThat(logs.read(this.build, Step.CLONE, 0)).isEqualTo(new Part("", 0, true));
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void lineWhenTextHasControlCharactersStaysOneLine(Place place) {
		try (place) {
			StepLogs logs = place.open();
			try (StepLog log = logs.open(this.build, Step.CLONE)) {
				log.line("a\tb\nc\rd\u0000e\u001b[31mred\u001b[0m\u0085f\r");
			}
			assertThat(logs.read(this.build, Step.CLONE, 0).text())
				.isEqualTo(TIME + "a\tb\ufffdc\ufffdd\ufffdered\ufffdf\n");
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void lineWhenVeryLongIsCut(Place place) {
		try (place) {
			StepLogs logs = place.open();
			try (StepLog log = logs.open(this.build, Step.CLONE)) {
				log.line("x".repeat(LogLines.LONGEST_LINE + 1));
			}
			assertThat(logs.read(this.build, Step.CLONE, 0).text())
				.isEqualTo(TIME + "x".repeat(LogLines.LONGEST_LINE) + "...\n");
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void lineWhenTheLogIsFullLeavesTheRestOutWithOneNote(Place place) {
		try (place) {
			StepLogs logs = place.open();
			String long1 = "\u20ac".repeat(5000);
			for (int attempt = 0; attempt < 2; attempt++) {
				try (StepLog log = logs.open(this.build, Step.BUILD)) {
					for (int i = 0; i < 400; i++) {
						log.line(long1);
					}
					log.line("short");
				}
			}
			String text = readAll(logs);
			assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(StepLogs.MOST_BYTES - 20_000,
					StepLogs.MOST_BYTES);
			assertThat(text).contains("longer than 4 MiB").doesNotContain("short");
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void lineWhenThreadIsInterruptedIsWritten(Place place) {
		try (place) {
			StepLogs logs = place.open();
			Thread.currentThread().interrupt();
			try (StepLog log = logs.open(this.build, Step.CLONE)) {
				log.line("one");
				log.line("two");
			}
			assertThat(Thread.interrupted()).isTrue();
			assertThat(logs.read(this.build, Step.CLONE, 0).text()).isEqualTo(TIME + "one\n" + TIME + "two\n");
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void stepsWhenSomeHaveLogsListsThemInOrder(Place place) {
		try (place) {
			StepLogs logs = place.open();
			logs.open(this.build, Step.PUSH).close();
			logs.open(this.build, Step.CLONE).close();
			assertThat(logs.steps(this.build)).containsExactly(Step.CLONE, Step.PUSH);
			assertThat(logs.steps(BuildId.next(Instant.now()))).isEmpty();
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void openWhenAnEarlierProcessWroteKeepsItAboveAndReopens(Place place) {
		try (place) {
			StepLogs before = place.open();
			StepLog left = before.open(this.build, Step.CLONE);
			left.line("first");
			before.read(this.build, Step.CLONE, 0);
			before.complete(this.build);
			StepLogs next = place.open();
			try (StepLog log = next.open(this.build, Step.CLONE)) {
				log.line("second");
				Part part = next.read(this.build, Step.CLONE, 0);
				assertThat(part.text()).isEqualTo(TIME + "first\n" + TIME + "second\n");
				assertThat(part.complete()).isFalse();
			}
			next.complete(this.build);
			assertThat(readAll(next)).isEmpty();
			assertThat(next.read(this.build, Step.CLONE, 0).complete()).isTrue();
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void readWhenTheWriterWasKilledHasWhatWasStoredAndIsCompleteOnceTheRunIs(Place place) {
		try (place) {
			StepLogs killed = place.open();
			killed.open(this.build, Step.BUILD).line("one");
			killed.read(this.build, Step.BUILD, 0);
			StepLogs next = place.open();
			assertThat(next.read(this.build, Step.BUILD, 0).complete()).isFalse();
			next.complete(this.build);
			assertThat(next.read(this.build, Step.BUILD, 0)).isEqualTo(new Part(TIME + "one\n", 29, true));
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void readWhileAnotherProcessWritesFollowsWithinAMoment(Place place) {
		try (place) {
			StepLogs reader = place.open();
			try (StepLog log = place.open().open(this.build, Step.BUILD)) {
				long next = 0;
				for (int i = 0; i < 3; i++) {
					log.line("line " + i);
					long from = next;
					Part part = Awaitility.await()
						.atMost(Duration.ofSeconds(20))
						.until(() -> reader.read(this.build, Step.BUILD, from), (read) -> !read.text().isEmpty());
					assertThat(part.text()).isEqualTo(TIME + "line " + i + "\n");
					assertThat(part.complete()).isFalse();
					next = part.next();
				}
			}
			assertThat(reader.read(this.build, Step.BUILD, 0).complete()).isTrue();
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("places")
	void readWhenALogIsLongGivesEveryLineOnceWhateverTheOffset(Place place) {
		try (place) {
			StepLogs logs = place.open();
			List<String> lines = new ArrayList<>();
			try (StepLog log = logs.open(this.build, Step.BUILD)) {
				for (int i = 0; i < 20_000; i++) {
					String line = i + "|" + "y".repeat(i % 90);
					lines.add(TIME + line);
					log.line(line);
					if (i % 4000 == 0) {
						logs.read(this.build, Step.BUILD, 0);
					}
				}
			}
			String all = readAll(logs);
			assertThat(all.lines()).isEqualTo(lines);
			int third = lines.get(0).length() + lines.get(1).length() + lines.get(2).length() + 3;
			assertThat(logs.read(this.build, Step.BUILD, third).text()).startsWith(lines.get(3) + "\n");
		}
	}

	private String readAll(StepLogs logs) {
		StringBuilder all = new StringBuilder();
		Part part = logs.read(this.build, Step.BUILD, 0);
		while (!part.complete()) {
			all.append(part.text());
			part = logs.read(this.build, Step.BUILD, part.next());
		}
		return all.append(part.text()).toString();
	}

	/** Somewhere logs lie; each opening is another process's. */
	record Place(String name, Supplier<StepLogs> logs, Runnable removal) implements AutoCloseable {

		StepLogs open() {
			return this.logs.get();
		}

		@Override
		public void close() {
			this.removal.run();
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
