package dev.imagefactory.intake.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.DeliveryVerifier;
import dev.imagefactory.intake.Inbox;
import dev.imagefactory.intake.IntakeMetrics;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.intake.TestKnownRepositories;
import dev.imagefactory.intake.TestOnboarding;
import dev.imagefactory.intake.RightOfWay;
import dev.imagefactory.intake.TestTriage;
import dev.imagefactory.intake.UnusedDeliveries;
import dev.imagefactory.intake.web.RawHttp.Reply;
import dev.imagefactory.source.DeliveryId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The endpoint on a real Tomcat, with small limits so that nobody waits long. */
class GitHubWebhookServletTests {

	private static final int LARGEST = 400_000;

	private static final BodyLimits LIMITS = new BodyLimits(LARGEST, Duration.ofMillis(1500), 20_000, 2, 60_000);

	private static final int THREADS = 3;

	/**
	 * Shorter than {@code LIMITS} give a body, so that both answers to silence are tried.
	 */
	private static final Duration SILENCE = Duration.ofMillis(400);

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final RememberingDeliveries stored = new RememberingDeliveries();

	private final HttpClient client = HttpClient.newHttpClient();

	private WebServer server;

	@BeforeEach
	void start() {
		start(Duration.ofSeconds(20));
	}

	private void start(Duration silence) {
		TestOnboarding onboarding = TestOnboarding.standard();
		TestKnownRepositories known = new TestKnownRepositories();
		IntakeMetrics metrics = new IntakeMetrics(this.meters);
		Inbox inbox = new Inbox(new DeliveryVerifier(onboarding, onboarding, known, metrics),
				new TestTriage(onboarding), new Inbox.Store(this.stored, known,
						TransactionOperations.withoutTransaction(), new RightOfWay(Duration.ZERO)),
				(event) -> {
				}, Clock.systemUTC());
		GitHubWebhookServlet servlet = new GitHubWebhookServlet(inbox, metrics,
				new WebhookAnswers("https://factory.example/"), LIMITS);
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
		factory.addConnectorCustomizers((connector) -> {
			connector.setProperty("maxThreads", Integer.toString(THREADS));
			connector.setProperty("connectionTimeout", Long.toString(silence.toMillis()));
		});
		this.server = factory.getWebServer((context) -> {
			var registration = context.addServlet("hook", servlet);
			registration.addMapping("/webhooks/github");
			registration.setAsyncSupported(true);
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop();
		this.client.close();
	}

	@Test
	void postWhenAcceptedAnswers202() throws Exception {
		HttpResponse<String> response = send(SignedDelivery.release("acme/app", 1, "v1"));
		DeliveryId id = this.stored.only();
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(response.body()).isEqualTo(
				"{\"delivery\":\"%1$s\",\"outcome\":\"accepted\",\"url\":\"https://factory.example/api/v1/deliveries/%1$s\"}"
					.formatted(id));
		assertThat(answered("accepted", "")).isEqualTo(1);
	}

	@Test
	void postWhenIgnoredSaysWhy() throws Exception {
		HttpResponse<String> response = send(SignedDelivery.release("acme/other", 2, "v1"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo(("{\"delivery\":\"%1$s\",\"outcome\":\"ignored\","
				+ "\"url\":\"https://factory.example/api/v1/deliveries/%1$s\",\"reason\":\"repository-not-onboarded\","
				+ "\"detail\":\"Because of repository-not-onboarded\"}")
			.formatted(this.stored.only()));
		assertThat(answered("ignored", "repository-not-onboarded")).isEqualTo(1);
	}

	@Test
	void postWhenRepeatedAnswersDuplicate() throws Exception {
		SignedDelivery delivery = SignedDelivery.release("acme/app", 1, "v1");
		send(delivery);
		HttpResponse<String> response = send(delivery);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(json(response.body()).path("outcome").asText()).isEqualTo("duplicate");
		assertThat(json(response.body()).path("delivery").asText()).isEqualTo(this.stored.only().value());
	}

	@Test
	void postWhenPingAnswersPong() throws Exception {
		HttpResponse<String> response = send(SignedDelivery.ping("acme/app", 1));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("{\"outcome\":\"pong\"}");
	}

	@Test
	void postWhenRefusedAnswersAProblem() throws Exception {
		SignedDelivery good = SignedDelivery.release("acme/app", 1, "v1");
		assertProblem(send(good.withSecret("wrong")), 401, "signature-invalid");
		assertProblem(send(good.withHeader("Content-Type", "application/x-www-form-urlencoded")), 415,
				"content-type-unsupported");
		assertProblem(send(good.withHeader("Content-Encoding", "gzip")), 415, "content-type-unsupported");
		assertProblem(send(good.withHeader("X-GitHub-Event", "a", "b")), 400, "header-invalid");
		assertProblem(send(SignedDelivery.of("push", "{")), 400, "json-malformed");
		assertProblem(send(SignedDelivery.of("push", "{}")), 422, "payload-shape");
		assertThat(answered("refused", "payload-shape")).isEqualTo(1);
		assertThat(this.stored.rows).isEmpty();
	}

	@Test
	void postWhenBodyIsEmptyAnswers() throws Exception {
		assertProblem(send(SignedDelivery.of("push", "")), 400, "json-malformed");
	}

	@Test
	void postWhenDatabaseFailsAnswers503WithRetryAfter() throws Exception {
		this.stored.failure.set(new DataAccessResourceFailureException("jdbc:h2:secret"));
		HttpResponse<String> response = send(SignedDelivery.release("acme/app", 1, "v1"));
		assertProblem(response, 503, "delivery-not-stored");
		assertThat(response.headers().firstValue("Retry-After")).isPresent();
		assertThat(response.body()).doesNotContain("jdbc");
	}

	@Test
	void postWhenSomethingBreaksAnswers500WithoutDetails() throws Exception {
		this.stored.failure.set(new IllegalStateException("hush"));
		HttpResponse<String> response = send(SignedDelivery.release("acme/app", 1, "v1"));
		assertProblem(response, 500, "internal-error");
		assertThat(response.body()).doesNotContain("hush");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH" })
	void requestWhenNoPostAnswers405(String method) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri()).method(method, BodyPublishers.noBody()).build();
		HttpResponse<String> response = this.client.send(request, BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(405);
		assertThat(response.headers().firstValue("Allow")).hasValue("POST");
	}

	@Test
	void postWhenManyOnOneConnectionAnswersEach() throws Exception {
		try (RawHttp http = new RawHttp(port())) {
			for (int i = 0; i < 20; i++) {
				SignedDelivery delivery = SignedDelivery.release("acme/app", 1, "v" + i);
				http.head(delivery.headers(), "Content-Length: " + delivery.body().length).send(delivery.body());
				assertThat(http.reply().status()).isEqualTo(202);
			}
		}
		assertThat(this.stored.rows).hasSize(20);
	}

	@Test
	void postWhenChunkedInSmallPiecesReadsAll() throws Exception {
		SignedDelivery delivery = padded(150_000);
		byte[] body = delivery.body();
		try (RawHttp http = new RawHttp(port())) {
			http.head(delivery.headers(), "Transfer-Encoding: chunked");
			for (int from = 0; from < body.length; from += 777) {
				http.chunk(body, from, Math.min(777, body.length - from));
			}
			assertThat(http.lastChunk().reply().status()).isEqualTo(202);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 16_384, 16_385, 20_000, 20_001, 32_768, LARGEST - 1, LARGEST })
	void postWhenSizeIsAtAnEdgeReadsAll(int size) throws Exception {
		SignedDelivery delivery = padded(size);
		assertThat(delivery.body()).hasSize(size);
		assertThat(send(delivery).statusCode()).isEqualTo(202);
		try (RawHttp http = new RawHttp(port())) {
			http.head(delivery.withGuid("chunked").headers(), "Transfer-Encoding: chunked")
				.chunk(delivery.body(), 0, size);
			assertThat(http.lastChunk().reply().status()).isEqualTo(202);
		}
	}

	@Test
	void postWhenOneByteTooLargeAnswers413() throws Exception {
		SignedDelivery delivery = padded(LARGEST + 1);
		assertProblem(send(delivery), 413, "body-too-large");
		try (RawHttp http = new RawHttp(port())) {
			http.head(delivery.headers(), "Transfer-Encoding: chunked")
				.chunk(delivery.body(), 0, LARGEST)
				.chunk(delivery.body(), LARGEST, 1);
			assertTooLarge(http);
		}
	}

	@Test
	void postWhenTooLargeIsAnnouncedAnswers413BeforeTheBody() throws Exception {
		try (RawHttp http = new RawHttp(port())) {
			http.head(padded(100).headers(), "Content-Length: " + (LARGEST + 1));
			assertTooLarge(http);
		}
		try (RawHttp http = new RawHttp(port())) {
			http.head(padded(100).headers(), "Content-Length: " + Long.MAX_VALUE, "Expect: 100-continue");
			assertTooLarge(http);
		}
	}

	@Test
	void postWhenTooLargeAndUnsignedIsStillSentAnswers413() throws Exception {
		try (RawHttp http = new RawHttp(port())) {
			http.head(padded(100).withHeader(SignedDelivery.SIGNATURE).headers(),
					"Content-Length: " + (LARGEST + 300_000))
				.send(new byte[LARGEST + 300_000]);
			assertTooLarge(http);
		}
	}

	private static void assertTooLarge(RawHttp http) throws IOException {
		Reply reply = http.reply();
		assertThat(reply.status()).isEqualTo(413);
		assertThat(reply.head()).containsIgnoringCase("Connection: close");
		assertThat(reply.json().path("type").asText()).isEqualTo("/problems/body-too-large");
		assertThat(http.isClosedByServer()).isTrue();
	}

	@Test
	void postWhenBodyComesTooSlowlyAnswers408AndCostsNoThread() throws Exception {
		SignedDelivery delivery = padded(100);
		List<RawHttp> slow = new ArrayList<>();
		try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < 4 * THREADS; i++) {
				RawHttp http = new RawHttp(port());
				slow.add(http.head(delivery.headers(), "Content-Length: 3000").send(new byte[] { '{' }));
			}
			CountDownLatch answered = new CountDownLatch(1);
			Future<?> dripping = senders.submit(() -> {
				while (answered.getCount() > 0) {
					slow.get(0).send(new byte[] { ' ' });
					answered.await(50, java.util.concurrent.TimeUnit.MILLISECONDS);
				}
				return null;
			});
			// All threads would be taken by now if a slow sender cost one.
			assertThat(send(SignedDelivery.release("acme/app", 1, "v1")).statusCode()).isEqualTo(202);
			for (RawHttp http : slow) {
				Reply reply = http.reply();
				answered.countDown();
				assertThat(reply.status()).isEqualTo(408);
				assertThat(reply.json().path("type").asText()).isEqualTo("/problems/body-timeout");
				assertThat(http.isClosedByServer()).isTrue();
			}
			assertThat(dripping).satisfies((future) -> await().until(future::isDone));
			assertThat(send(SignedDelivery.release("acme/app", 1, "v2")).statusCode()).isEqualTo(202);
		}
		finally {
			for (RawHttp http : slow) {
				http.close();
			}
		}
	}

	@Test
	void postWhenTheContainerTiresOfASilentSenderFirstAnswers408Too() throws Exception {
		this.server.stop();
		start(SILENCE);
		try (RawHttp http = new RawHttp(port())) {
			http.head(padded(100).headers(), "Content-Length: 3000").send(new byte[] { '{' });
			Reply reply = http.reply();
			assertThat(reply.status()).isEqualTo(408);
			assertThat(reply.json().path("type").asText()).isEqualTo("/problems/body-timeout");
		}
	}

	@Test
	void postWhenSenderEndsEarlyAnswersThatItIsTruncated() throws Exception {
		SignedDelivery delivery = padded(10_000);
		try (RawHttp http = new RawHttp(port())) {
			http.head(delivery.headers(), "Content-Length: 10000").send(new byte[5000]).endOfOutput();
			assertThat(http.reply().status()).isEqualTo(400);
		}
		try (RawHttp http = new RawHttp(port())) {
			http.head(delivery.headers(), "Content-Length: 10000").send(new byte[5000]);
		}
		await().untilAsserted(() -> assertThat(answered("refused", "body-truncated")).isEqualTo(2));
		assertThat(this.stored.rows).isEmpty();
	}

	@Test
	void postWhenChunkIsMalformedRefuses() throws Exception {
		try (RawHttp http = new RawHttp(port())) {
			http.head(padded(100).headers(), "Transfer-Encoding: chunked")
				.send("zz\r\nabc\r\n".getBytes(StandardCharsets.ISO_8859_1));
			assertThat(http.reply().status()).isEqualTo(400);
		}
		assertThat(send(SignedDelivery.release("acme/app", 1, "v1")).statusCode()).isEqualTo(202);
	}

	@Test
	void postWhenTooManyLargeBodiesArriveAnswers503AndRecovers() throws Exception {
		SignedDelivery delivery = padded(100_000);
		List<RawHttp> arriving = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			RawHttp http = new RawHttp(port());
			arriving.add(http.head(delivery.withGuid("large-" + i).headers(), "Content-Length: 100000")
				.send(java.util.Arrays.copyOf(delivery.body(), 50_000)));
		}
		await().untilAsserted(() -> {
			HttpResponse<String> third = send(delivery.withGuid("third"));
			assertProblem(third, 503, "webhook-busy");
			assertThat(third.headers().firstValue("Retry-After")).isPresent();
		});
		assertThat(send(SignedDelivery.release("acme/app", 1, "small")).statusCode()).isEqualTo(202);
		for (RawHttp http : arriving) {
			http.send(java.util.Arrays.copyOfRange(delivery.body(), 50_000, 100_000));
			assertThat(http.reply().status()).isEqualTo(202);
			http.close();
		}
		await().untilAsserted(() -> assertThat(send(delivery.withGuid("fourth")).statusCode()).isEqualTo(202));
	}

	@Test
	void postWhenSmallBodiesTakeAllMemoryAnswers503AndRecovers() throws Exception {
		List<RawHttp> arriving = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			arriving.add(new RawHttp(port()).head(padded(100).headers(), "Content-Length: 15000").send(new byte[1]));
		}
		await()
			.untilAsserted(() -> assertProblem(send(SignedDelivery.release("acme/app", 1, "v1")), 503, "webhook-busy"));
		for (RawHttp http : arriving) {
			http.close();
		}
		await().untilAsserted(
				() -> assertThat(send(SignedDelivery.release("acme/app", 1, "v2")).statusCode()).isEqualTo(202));
	}

	private static SignedDelivery padded(int size) {
		Function<String, SignedDelivery> release = (pad) -> SignedDelivery.release("acme/app", 1, "v1",
				(payload) -> payload.put("pad", pad));
		int bare = release.apply("").body().length;
		return release.apply("x".repeat(Math.max(0, size - bare)));
	}

	private static void assertProblem(HttpResponse<String> response, int status, String slug) throws IOException {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		JsonNode problem = json(response.body());
		assertThat(problem.path("type").asText()).isEqualTo("/problems/" + slug);
		assertThat(problem.path("status").asInt()).isEqualTo(status);
		assertThat(problem.path("title").asText()).isNotEmpty();
		assertThat(problem.path("detail").asText()).isNotEmpty();
	}

	private double answered(String outcome, String reason) {
		return this.meters.counter("image.factory.deliveries", "outcome", outcome, "reason", reason).count();
	}

	private HttpResponse<String> send(SignedDelivery delivery) throws IOException, InterruptedException {
		return this.client.send(delivery.request(uri()), BodyHandlers.ofString());
	}

	private URI uri() {
		return URI.create("http://127.0.0.1:" + port() + "/webhooks/github");
	}

	private int port() {
		return this.server.getPort();
	}

	private static JsonNode json(String text) throws IOException {
		return JsonMapper.builder().build().readTree(text);
	}

	/** Remembers what was stored. */
	private static final class RememberingDeliveries extends UnusedDeliveries {

		private final ConcurrentHashMap<String, DeliveryId> rows = new ConcurrentHashMap<>();

		private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

		@Override
		public List<Deliveries.Receipt> receive(List<Arrival> arrivals) {
			RuntimeException planned = this.failure.get();
			if (planned != null) {
				throw planned;
			}
			return arrivals.stream().map(this::receive).toList();
		}

		private Receipt receive(Arrival arrival) {
			DeliveryId id = DeliveryId.next(arrival.at());
			DeliveryId before = this.rows.putIfAbsent(arrival.delivery().envelope().toString(), id);
			return (before != null) ? new Receipt.Repeat(before) : new Receipt.Fresh(id);
		}

		private DeliveryId only() {
			assertThat(this.rows).hasSize(1);
			return this.rows.values().iterator().next();
		}

	}

}
