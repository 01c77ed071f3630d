package dev.imagefactory.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Stands before a real API server and loses things: some requests never reach it, some
 * answers never come back although it has done what was asked, and some come late.
 */
final class LossyProxy implements AutoCloseable {

	private final RealKubernetes kubernetes;

	private final HttpClient client;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final HttpServer server;

	private final Random random;

	/** How many requests were lost before they arrived. */
	final AtomicInteger requestsLost = new AtomicInteger();

	/** How many answers were lost after the deed. */
	final AtomicInteger answersLost = new AtomicInteger();

	/** What was created, and how often. */
	private final Map<String, Integer> created = new ConcurrentHashMap<>();

	/** How many of a hundred calls go wrong. */
	volatile int percent;

	LossyProxy(RealKubernetes kubernetes, int percent, long seed) {
		this.kubernetes = kubernetes;
		this.percent = percent;
		this.random = new Random(seed);
		this.client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.sslContext(trusting(kubernetes.certificate()))
			.build();
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::carry);
		this.server.start();
	}

	String address() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	private void carry(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		int luck = this.random.nextInt(100);
		if (luck < this.percent / 3) {
			this.requestsLost.incrementAndGet();
			exchange.close();
			return;
		}
		try {
			HttpResponse<byte[]> answer = this.client.send(request(exchange, body),
					HttpResponse.BodyHandlers.ofByteArray());
			note(exchange, answer);
			if (luck < 2 * this.percent / 3) {
				this.answersLost.incrementAndGet();
				exchange.close();
				return;
			}
			if (luck < this.percent) {
				LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
			}
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(answer.statusCode(), (answer.body().length == 0) ? -1 : answer.body().length);
			exchange.getResponseBody().write(answer.body());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			// The API server is away: whoever asks sees a connection that breaks.
		}
		finally {
			exchange.close();
		}
	}

	private void note(HttpExchange exchange, HttpResponse<byte[]> answer) {
		if (exchange.getRequestMethod().equals("POST") && answer.statusCode() == 201) {
			String name = Serialization
				.unmarshal(new ByteArrayInputStream(answer.body()), GenericKubernetesResource.class)
				.getMetadata()
				.getName();
			this.created.merge(name, 1, Integer::sum);
		}
	}

	/** What was created, and how often. */
	Map<String, Integer> created() {
		return Map.copyOf(this.created);
	}

	private HttpRequest request(HttpExchange exchange, byte[] body) {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create(this.kubernetes.address() + exchange.getRequestURI().toString()))
			.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
		for (String header : new String[] { "Authorization", "Content-Type", "Accept" }) {
			String value = exchange.getRequestHeaders().getFirst(header);
			if (value != null) {
				request.header(header, value);
			}
		}
		return request.build();
	}

	private static SSLContext trusting(Path certificate) {
		try {
			KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
			store.load(null);
			store.setCertificateEntry("server", CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate))));
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(store);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trust.getTrustManagers(), null);
			return context;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
		this.client.shutdownNow();
	}

}
