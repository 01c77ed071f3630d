package dev.imagefactory.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.imagefactory.git.SampleRepository;
import dev.imagefactory.system.ServiceProcess;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The first figures: start-up, memory, and deliveries acknowledged per second on the
 * default database. Results go to {@code target/benchmarks.md}; nothing here judges them.
 */
class SpineBenchmark {

	private static final Path RESULTS = Path.of("target", "benchmarks.md");

	private static final int DELIVERIES = 31_000;

	private static final String SECRET = "a secret for the benchmark";

	@TempDir
	private Path folder;

	@BeforeAll
	static void header() throws IOException {
		Files.deleteIfExists(RESULTS);
		say("Measured %s on %d cores, %s, Java %s".formatted(Instant.now(), Runtime.getRuntime().availableProcessors(),
				System.getProperty("os.name") + " " + System.getProperty("os.version"), Runtime.version()));
	}

	@Test
	void startsAndRests() throws IOException {
		List<Double> seconds = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			long start = System.nanoTime();
			try (ServiceProcess service = service()) {
				seconds.add((System.nanoTime() - start) / 1e9);
				say("Start to ready: %.2f s, resident memory then %d MB".formatted(seconds.getLast(), memory(service)));
			}
		}
		assertThat(seconds).hasSize(5);
	}

	@Test
	void acknowledgesDeliveries() throws Exception {
		try (ServiceProcess service = service()) {
			say("| 10 KB release deliveries | sent | rate | p50 | p95 | p99 |");
			say("| --- | --- | --- | --- | --- | --- |");
			load(service.base(), 20, 3000);
			say(load(service.base(), 1, 2000).row("1 connection"));
			say(paced(service.base(), 20, 300, 6000).row("20 connections, 300/s asked for"));
			say(load(service.base(), 20, 10000).row("20 connections"));
			say(load(service.base(), 100, 10000).row("100 connections"));
			say("Resident memory after the load: %d MB".formatted(memory(service)));
			say("Processor time of the service in all: %d ms, %.2f ms a delivery".formatted(processorMillis(service),
					processorMillis(service) / (double) DELIVERIES));
			service.terminate();
		}
	}

	private ServiceProcess service() throws IOException {
		Path secret = Files.writeString(this.folder.resolve("secret"), SECRET + "\n");
		return ServiceProcess.on(this.folder.resolve("data"))
			.onboarding("acme/app", repository(), secret)
			.jvm(System.getProperty("bench.jvm", "-XX:+UseSerialGC").split(" "))
			.start();
	}

	/**
	 * One real release that all deliveries name: the first is built, the others are
	 * planned and found to be known.
	 */
	private URI repository() throws IOException {
		Path folder = this.folder.resolve("app");
		if (!Files.exists(folder)) {
			SampleRepository sample = SampleRepository.in(folder);
			sample.file("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
			sample.annotatedTag("v1.0.0", sample.commit("Release"));
		}
		return folder.toUri();
	}

	private static Latencies load(URI base, int connections, int deliveries) throws Exception {
		return paced(base, connections, 0, deliveries);
	}

	/**
	 * Sends deliveries at a steady rate; a delivery that had to wait for a connection is
	 * timed from when it was due.
	 */
	private static Latencies paced(URI base, int connections, int perSecond, int deliveries) throws Exception {
		long gap = (perSecond > 0) ? 1_000_000_000L / perSecond : 0;
		AtomicInteger left = new AtomicInteger(deliveries);
		AtomicInteger numbers = new AtomicInteger();
		long[] nanos = new long[deliveries];
		try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
			long start = System.nanoTime();
			List<Future<?>> senders = new ArrayList<>();
			for (int i = 0; i < connections; i++) {
				senders.add(threads.submit(() -> sendAll(base, left, numbers, nanos, start, gap)));
			}
			for (Future<?> sender : senders) {
				sender.get(10, TimeUnit.MINUTES);
			}
			return new Latencies(nanos, System.nanoTime() - start);
		}
	}

	private static Void sendAll(URI base, AtomicInteger left, AtomicInteger numbers, long[] nanos, long begun, long gap)
			throws IOException, GeneralSecurityException {
		try (DeliverySender sender = new DeliverySender(base, SECRET)) {
			while (left.getAndDecrement() > 0) {
				int number = numbers.getAndIncrement();
				byte[] body = payload(number);
				long start = (gap > 0) ? due(begun + number * gap) : System.nanoTime();
				int status = sender.send(body);
				nanos[number] = System.nanoTime() - start;
				assertThat(status).isEqualTo(202);
			}
			return null;
		}
	}

	private static long due(long at) {
		for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
		return at;
	}

	/** A release payload of about 10 KB, as GitHub's are. */
	private static byte[] payload(int number) {
		String text = """
				{"action":"published","release":{"id":%d,"tag_name":"v1.0.0","draft":false,"prerelease":false,\
				"target_commitish":"main","body":"%s"},\
				"repository":{"id":1,"name":"app","full_name":"acme/app","default_branch":"main","archived":false}}\
				""".formatted(number, notes(number));
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String notes(int number) {
		StringBuilder notes = new StringBuilder(10_000);
		for (int line = 0; notes.length() < 9_700; line++) {
			notes.append("* change ").append((line * 7919L + number) % 104729).append(" of the release\\n");
		}
		return notes.toString();
	}

	/** Of the service and, as far as it started any, its ended children. */
	private static long processorMillis(ServiceProcess service) {
		return ProcessHandle.of(service.pid())
			.flatMap((process) -> process.info().totalCpuDuration())
			.map(Duration::toMillis)
			.orElse(0L);
	}

	private static long memory(ServiceProcess service) throws IOException {
		return Files.readAllLines(Path.of("/proc", Long.toString(service.pid()), "status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
			.findFirst()
			.orElse(0);
	}

	private static void say(String line) {
		try {
			String text = String.format(Locale.ROOT, "%s%n", line);
			Files.writeString(RESULTS, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
			System.out.print(text);
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

}
