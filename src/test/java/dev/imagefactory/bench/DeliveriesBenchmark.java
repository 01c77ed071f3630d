package dev.imagefactory.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.imagefactory.database.PostgresServer;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.git.SampleRepository;
import dev.imagefactory.system.ServiceProcess;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Deliveries acknowledged per second on each database, every one of them stored first,
 * beside the bare cost of storing one on the same database in the same run. The client
 * runs on the same cores. Results go to {@code target/benchmarks-deliveries.md}.
 */
@Isolated
class DeliveriesBenchmark {

	/** One at a time last, when the service is compiled as it is after a day's work. */
	private static final int[] CONNECTIONS = { 20, 100, 1 };

	/** As the documentation for operators has it. */
	static final String JVM = "-XX:+UseSerialGC -XX:TrimNativeHeapInterval=10000";

	/** As many as the service has. */
	private static final int POOL = 16;

	private static Results results;

	@TempDir
	private Path folder;

	@BeforeAll
	static void header() {
		results = Results.in("benchmarks-deliveries.md");
	}

	@Test
	void deliveriesOnH2() throws Exception {
		title("H2");
		try (TestDatabase database = TestDatabase.h2()) {
			floor(database.source());
		}
		try (ServiceProcess service = described().start()) {
			load(service);
		}
	}

	@Test
	void deliveriesOnPostgres() throws Exception {
		title("PostgreSQL, which waits for the disk at each commit");
		try (PostgresServer server = PostgresServer.startDurable()) {
			String url = server.create("floor", "template0");
			Flyway.configure().dataSource(url, server.user(), server.password()).load().migrate();
			try (HikariDataSource pool = pool(server, url)) {
				floor(pool);
			}
			Path password = Files.writeString(this.folder.resolve("password"), server.password());
			try (ServiceProcess service = described().with("image-factory.database.url", server.url())
				.with("image-factory.database.username", server.user())
				.with("image-factory.database.password-file", password)
				.start()) {
				load(service);
			}
		}
	}

	private static void title(String database) {
		results.say("%n%s%n".formatted(database));
		results.say("| what | sent | rate | p50 | p95 | p99 |");
		results.say("| --- | --- | --- | --- | --- | --- |");
	}

	private static void floor(DataSource database) throws Exception {
		DeliveryFloor floor = new DeliveryFloor(database);
		floor.run(20, 5000);
		for (int threads : CONNECTIONS) {
			results.say(floor.run(threads, (threads > 1) ? 10_000 : 3000).row("bare transaction, threads: " + threads));
		}
	}

	private static void load(ServiceProcess service) throws Exception {
		DeliveryLoad.full(service.base(), 20).run(5000);
		planTheRest(service);
		int sent = 5000;
		for (int connections : CONNECTIONS) {
			int deliveries = (connections > 1) ? 10_000 : 3000;
			results.say(DeliveryLoad.full(service.base(), connections)
				.run(deliveries)
				.row("deliveries, connections: " + connections));
			sent += deliveries;
			results.say("| planning what is left of them | | | | | %.1f s |".formatted(planTheRest(service)));
		}
		results.say(DeliveryLoad.paced(service.base(), 20, 300).run(6000).row("deliveries at 300/s, connections: 20"));
		sent += 6000;
		long used = Results.processorTime(service.pid()).toMillis();
		results.say("%nResident memory after %,d deliveries: %d MB; processor time in all %,d ms, %.2f ms a delivery"
			.formatted(sent, Results.memory(service.pid()), used, used / (double) sent));
		service.terminate();
	}

	/**
	 * Waits until everything is planned, so that no row pays for the one before.
	 * @return the seconds that it took
	 */
	private static double planTheRest(ServiceProcess service) {
		long began = System.nanoTime();
		Awaitility.await()
			.atMost(Duration.ofMinutes(5))
			.pollInterval(Duration.ofMillis(200))
			.until(() -> service.api()
				.get("/api/v1/deliveries?outcome=accepted&limit=1")
				.json()
				.path("items")
				.isEmpty());
		return (System.nanoTime() - began) / 1e9;
	}

	private static HikariDataSource pool(PostgresServer server, String url) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url);
		config.setUsername(server.user());
		config.setPassword(server.password());
		config.setMaximumPoolSize(POOL);
		return new HikariDataSource(config);
	}

	private ServiceProcess.Description described() throws IOException {
		Path secret = Files.writeString(this.folder.resolve("secret"), DeliveryLoad.SECRET + "\n");
		return ServiceProcess.on(this.folder.resolve("data"))
			.onboarding("acme/app", repository(), secret)
			.jvm(System.getProperty("bench.jvm", JVM).split(" "));
	}

	/**
	 * One real release that all deliveries name: the first is built, the others are
	 * planned and found to be known.
	 */
	private URI repository() throws IOException {
		Path app = this.folder.resolve("app");
		SampleRepository sample = SampleRepository.in(app);
		sample.file("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
		sample.annotatedTag("v1.0.0", sample.commit("Release"));
		return app.toUri();
	}

}
