package dev.imagefactory.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Checkup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
@ResourceLock(Resources.SYSTEM_OUT)
class DoctorTests {

	private static final Check WELL = Check.ok("api", null, "It answers.");

	private static final Duration FRESH = Duration.ofSeconds(10);

	private final AtomicLong nanos = new AtomicLong();

	private final CountDownLatch end = new CountDownLatch(1);

	private final AtomicInteger looks = new AtomicInteger();

	private Doctor doctor = doctor();

	@AfterEach
	void close() {
		this.end.countDown();
		this.doctor.close();
	}

	private Doctor doctor(Checkup... checkups) {
		return new Doctor(List.of(checkups), new Doctor.Pace(FRESH, Duration.ofMillis(200)), this.nanos::get);
	}

	private List<Check> counted() {
		this.looks.incrementAndGet();
		return List.of(WELL);
	}

	private List<Check> forEver() {
		try {
			this.end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return List.of();
	}

	@Test
	void checksWhenAskedAgainSoonAreThoseOfBefore() {
		this.doctor = doctor(this::counted);
		IntStream.range(0, 20).forEach((i) -> assertThat(this.doctor.checks()).containsExactly(WELL));
		assertThat(this.looks).hasValue(1);
		this.nanos.addAndGet(FRESH.toNanos() + 1);
		this.doctor.checks();
		assertThat(this.looks).hasValue(2);
	}

	@Test
	void checksWhenManyAskAtOnceAreLookedForOnce() {
		CountDownLatch go = new CountDownLatch(1);
		this.doctor = new Doctor(List.of(() -> {
			try {
				go.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return counted();
		}), new Doctor.Pace(FRESH, Duration.ofSeconds(10)), this.nanos::get);
		List<CompletableFuture<List<Check>>> asked = IntStream.range(0, 20)
			.mapToObj(
					(i) -> CompletableFuture.supplyAsync(this.doctor::checks, (task) -> Thread.ofVirtual().start(task)))
			.toList();
		go.countDown();
		assertThat(asked).allSatisfy((one) -> assertThat(one.join()).containsExactly(WELL));
		assertThat(this.looks).hasValue(1);
	}

	@Test
	void checksWhenOnePartFailsOrHangsHaveTheOthersAllTheSame(CapturedOutput log) {
		this.doctor = doctor(this::forEver, () -> {
			throw new IllegalStateException("a mistake of ours");
		}, this::counted);
		List<Check> checks = this.doctor.checks();
		assertThat(checks).hasSize(3).contains(WELL);
		assertThat(checks).extracting(Check::verdict)
			.containsExactly(Check.Verdict.CANNOT_SEE, Check.Verdict.CANNOT_SEE, Check.Verdict.OK);
		assertThat(checks.getFirst().detail()).contains("did not end within 200 ms");
		assertThat(log).contains("a mistake of ours");
	}

	@Test
	void reportWhenAllIsWellIsOneLine(CapturedOutput log) {
		this.doctor = doctor(this::counted);
		new StartReport(this.doctor).report();
		assertThat(log.getOut().lines().filter((line) -> line.contains("Self-check"))).singleElement()
			.asString()
			.contains("Self-check: all is well (1 checks)");
	}

	@Test
	void reportWhenSomethingIsWrongIsOneLineEach(CapturedOutput log) {
		this.doctor = doctor(() -> List.of(WELL,
				Check.wrong("rights", "builds", "It may not:\n\u001b[31m create.", "kubectl apply -f x"),
				Check.wrong("images", "builds", "Not pinned.", "sh pin"),
				Check.cannotSee("controller", "builds", "No run yet.", null),
				Check.cannotSee("identity", "search", "No run yet.", null)));
		new StartReport(this.doctor).report();
		List<String> lines = log.getOut().lines().filter((line) -> line.contains("Self-check")).toList();
		assertThat(lines).hasSize(3);
		assertThat(lines.get(0)).contains("WARN",
				"rights in builds is wrong: It may not:  create. What mends it: kubectl apply -f x");
		assertThat(lines.get(1)).contains("WARN", "images in builds is wrong");
		assertThat(lines.get(2)).contains("INFO", "cannot see controller in builds, identity in search;");
	}

	@Test
	void startWhenTheServiceIsReadyHasTheSelfCheckInTheLog(CapturedOutput log) {
		new ApplicationContextRunner().withUserConfiguration(DoctorConfiguration.class)
			.withBean(Checkup.class, () -> this::counted)
			.run((started) -> {
				assertThat(log).doesNotContain("Self-check");
				started.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
						started.getSourceApplicationContext(), Duration.ZERO));
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> log.getOut().contains("Self-check: all is well (1 checks)"));
			});
	}

}
