package dev.imagefactory.slice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.access.SignInCode;
import dev.imagefactory.doctor.Doctor;
import dev.imagefactory.doctor.TestDoctor;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.RunPages;
import dev.imagefactory.intake.EventReader;
import dev.imagefactory.onboarding.Installation;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.submission.Runs;
import dev.imagefactory.submission.TestSubmission;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.support.GenericApplicationContext;

/**
 * access, api and dashboard as they run, on a real port, with everything behind them in
 * memory but the idempotency table, which lies in H2. Started once for all tests.
 */
public final class Slice {

	/** What every class that uses the slice locks, because there is one for all. */
	public static final String LOCK = "slice";

	public static final Memory memory = new Memory();

	public static final FakeRequests requests = new FakeRequests(memory);

	public static final FakeDryRun dryRun = new FakeDryRun();

	/** What the self-check finds. */
	public static final List<Check> checks = new CopyOnWriteArrayList<>();

	private static final AtomicReference<Instant> now = new AtomicReference<>(Samples.START.plusSeconds(300));

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final Path DATA = temporary();

	private static final ServletWebServerApplicationContext context = start(0);

	private static final HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

	private Slice() {
	}

	static ServletWebServerApplicationContext start(int port) {
		return (ServletWebServerApplicationContext) new SpringApplicationBuilder(Application.class)
			.initializers(beans())
			.properties("server.port=" + port, "server.address=127.0.0.1", "spring.config.name=none",
					"spring.datasource.url=jdbc:h2:mem:slice" + port + ";MODE=PostgreSQL;DB_CLOSE_DELAY=-1",
					"management.endpoint.health.probes.enabled=true",
					"management.endpoints.web.exposure.include=health,prometheus",
					"management.prometheus.metrics.export.enabled=true",
					"image-factory.base-url=https://images.example.com", "server.shutdown=immediate")
			.run();
	}

	private static ApplicationContextInitializer<ConfigurableApplicationContext> beans() {
		return (made) -> {
			GenericApplicationContext registry = (GenericApplicationContext) made;
			registry.registerBean(Clock.class, Slice::clock);
			registry.registerBean("dataDirectory", Path.class, () -> DATA);
			registry.registerBean(Memory.FakeBuilds.class, () -> memory.builds);
			registry.registerBean(Memory.FakeOrders.class, () -> memory.orders);
			registry.registerBean(Memory.FakeDeliveries.class, () -> memory.deliveries);
			registry.registerBean(Memory.FakeLogs.class, () -> memory.logs);
			registry.registerBean(Memory.FakeAudit.class, () -> memory.audit);
			registry.registerBean(Memory.FakeOnboarding.class, () -> memory.onboarding);
			registry.registerBean(RunPages.class, () -> Slice::page);
			registry.registerBean(FakeRequests.class, () -> requests);
			registry.registerBean(FakeDryRun.class, () -> dryRun);
			registry.registerBean(EventReader.class, () -> new EventReader(memory.onboarding, new Memory.Strangers()));
			registry.registerBean(Runs.class, () -> TestSubmission.runs(memory.onboarding));
			registry.registerBean(Doctor.class, () -> TestDoctor.of(() -> List.copyOf(checks)));
			registry.registerBean(Registry.class, () -> TestImages.registry(DATA));
			registry.registerBean(Installation.class, () -> () -> "01KJMM0000WYCD31K2MHW094P0");
		};
	}

	/** Where an Argo Server would show a run. */
	private static Optional<URI> page(@Nullable String engine, BuildId build, TeamName team) {
		return "argo".equals(engine)
				? Optional.of(URI.create("https://argo.example.com/a&b/workflows/%s/%s".formatted(team, build)))
				: Optional.empty();
	}

	private static Clock clock() {
		return new Clock() {

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				return now.get();
			}

		};
	}

	/** Empties everything, and sets the clock back. */
	public static void reset() {
		memory.clear();
		requests.clear();
		dryRun.clear();
		checks.clear();
		memory.deliveries.replayable = true;
		// Time only goes forward: what one test counted is over for the next.
		now.updateAndGet((before) -> before.plus(Duration.ofDays(1)));
	}

	public static void setTime(Instant time) {
		now.set(time);
	}

	public static Instant now() {
		return now.get();
	}

	public static <T> T bean(Class<T> type) {
		return context.getBean(type);
	}

	public static <T> T bean(String name, Class<T> type) {
		return context.getBean(name, type);
	}

	public static int port() {
		return context.getWebServer().getPort();
	}

	public static String token() {
		try {
			return Files.readString(DATA.resolve("admin-token")).strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static Path dataDirectory() {
		return DATA;
	}

	public static String freshCode() {
		return bean(SignInCode.class).issue();
	}

	/** A request by nobody. */
	public static HttpRequest.Builder anonymous(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
	}

	/** A request with the admin token. */
	public static HttpRequest.Builder admin(String path) {
		return anonymous(path).header("Authorization", "Bearer " + token());
	}

	public static HttpRequest.Builder post(HttpRequest.Builder request, String json) {
		return request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
	}

	public static HttpRequest.Builder post(HttpRequest.Builder request) {
		return request.POST(BodyPublishers.noBody());
	}

	public static HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return client.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public static HttpClient client() {
		return client;
	}

	public static JsonNode json(HttpResponse<String> answer) {
		try {
			return JSON.readTree(answer.body());
		}
		catch (JsonProcessingException ex) {
			throw new AssertionError("Not JSON: " + answer.body(), ex);
		}
	}

	/** The Cookie header of a fresh session. */
	public static String session() {
		HttpResponse<String> answer = send(anonymous("/sign-in?code=" + freshCode()));
		List<String> cookies = answer.headers().allValues("Set-Cookie");
		return cookies.getFirst().split(";")[0];
	}

	private static Path temporary() {
		try {
			return Files.createTempDirectory("slice");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** No configuration class, so that no component scan of another test takes it in. */
	@EnableAutoConfiguration
	@ComponentScan({ "dev.imagefactory.access", "dev.imagefactory.api", "dev.imagefactory.dashboard" })
	@ConfigurationPropertiesScan("dev.imagefactory.access")
	static class Application {

	}

}
