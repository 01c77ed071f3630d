package dev.imagefactory.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;

/** Signed releases of 10 KB, each with a GUID of its own, sent over some connections. */
final class DeliveryLoad {

	/** What the deliveries are signed with. */
	static final String SECRET = "a secret for the benchmark";

	private final URI base;

	private final int connections;

	private final long gap;

	private final AtomicInteger numbers = new AtomicInteger();

	private DeliveryLoad(URI base, int connections, long gap) {
		this.base = base;
		this.connections = connections;
		this.gap = gap;
	}

	/**
	 * Each connection sends as fast as it is answered.
	 * @param base the service
	 * @param connections how many
	 * @return what can be run
	 */
	static DeliveryLoad full(URI base, int connections) {
		return new DeliveryLoad(base, connections, 0);
	}

	/**
	 * Sends at a steady rate; a delivery that had to wait for a connection is timed from
	 * when it was due.
	 * @param base the service
	 * @param connections how many
	 * @param perSecond the rate
	 * @return what can be run
	 */
	static DeliveryLoad paced(URI base, int connections, int perSecond) {
		return new DeliveryLoad(base, connections, 1_000_000_000L / perSecond);
	}

	/**
	 * Sends and waits for every answer.
	 * @param deliveries how many
	 * @return how long each took
	 */
	Latencies run(int deliveries) throws Exception {
		long[] nanos = new long[deliveries];
		try (ExecutorService threads = Executors.newFixedThreadPool(this.connections)) {
			long start = System.nanoTime();
			List<Future<?>> senders = new ArrayList<>();
			for (int i = 0; i < this.connections; i++) {
				senders.add(threads.submit(() -> send(nanos, start)));
			}
			for (Future<?> sender : senders) {
				sender.get(10, TimeUnit.MINUTES);
			}
			return new Latencies(nanos, System.nanoTime() - start);
		}
	}

	private Void send(long[] nanos, long begun) throws IOException, GeneralSecurityException {
		try (DeliverySender sender = new DeliverySender(this.base, SECRET)) {
			for (int number = this.numbers.getAndIncrement(); number < nanos.length; number = this.numbers
				.getAndIncrement()) {
				byte[] body = payload(number);
				long start = (this.gap > 0) ? due(begun + number * this.gap) : System.nanoTime();
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

	/**
	 * A release payload of about 10 KB, as GitHub's are.
	 * @param number makes it another
	 * @return the payload
	 */
	static byte[] payload(int number) {
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

}
