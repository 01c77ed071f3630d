package dev.imagefactory.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Stands before a real API server and loses things: some requests never reach it, some
 * answers never come back although it has done what was asked, and some come late.
 */
public final class LossyProxy implements AutoCloseable {

	private final RealKubernetes kubernetes;

	private final HttpClient client;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final HttpServer server;

	private final Random random;

	private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();

	/** How many requests were lost before they arrived. */
	final AtomicInteger requestsLost = new AtomicInteger();

	/** How many answers were lost after the deed. */
	final AtomicInteger answersLost = new AtomicInteger();

	/** What was created, and how often. */
	private final Map<String, Integer> created = new ConcurrentHashMap<>();

	/** The lists that were asked for, page by page, without what is watched. */
	public final Queue<String> pages = new ConcurrentLinkedQueue<>();

	/** Whether watches live on and tell nothing. */
	public volatile boolean silent;

	/** How many of a hundred calls go wrong. */
	volatile int percent;

	/**
	 * Opens one.
	 * @param kubernetes what stands behind it
	 * @param percent how many of a hundred calls go wrong
	 * @param seed what is lost
	 */
	public LossyProxy(RealKubernetes kubernetes, int percent, long seed) {
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

	/**
	 * Where it is.
	 * @return its address, without TLS
	 */
	public String address() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	/**
	 * Lays a trap for the next call of a kind.
	 * @param next the trap
	 */
	public void lay(Trap next) {
		this.trap.set(next);
	}

	private boolean springs(HttpExchange exchange, String body, boolean done) {
		Trap laid = this.trap.get();
		if (laid == null || laid.done != done || !laid.method.equals(exchange.getRequestMethod())
				|| !(exchange.getRequestURI() + " " + body).contains(laid.part)
				|| !this.trap.compareAndSet(laid, null)) {
			return false;
		}
		laid.deed.run();
		return true;
	}

	private void carry(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		String text = new String(body, StandardCharsets.UTF_8);
		noteList(exchange.getRequestURI().toString());
		int luck = luck();
		if (springs(exchange, text, false)) {
			exchange.close();
			return;
		}
		if (luck < this.percent / 3) {
			this.requestsLost.incrementAndGet();
			exchange.close();
			return;
		}
		try {
			HttpResponse<InputStream> answer = this.client.send(request(exchange, body),
					HttpResponse.BodyHandlers.ofInputStream());
			if (exchange.getRequestURI().toString().contains("watch=true")) {
				stream(exchange, answer);
				return;
			}
			byte[] bytes = answer.body().readAllBytes();
			note(exchange, answer.statusCode(), bytes);
			if (springs(exchange, text, true) || luck < 2 * this.percent / 3) {
				this.answersLost.incrementAndGet();
				return;
			}
			if (luck < this.percent) {
				LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
			}
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(answer.statusCode(), (bytes.length == 0) ? -1 : bytes.length);
			exchange.getResponseBody().write(bytes);
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

	private void noteList(String address) {
		if (address.contains("limit=") && !address.contains("watch=true")) {
			this.pages.add(address);
		}
	}

	/**
	 * How many lists were begun.
	 * @return the lists whose first page was asked for
	 */
	public long firstPages() {
		return this.pages.stream().filter((address) -> !address.contains("continue=")).count();
	}

	private synchronized int luck() {
		return this.random.nextInt(100);
	}

	/** Passes on what comes as it comes. */
	private void stream(HttpExchange exchange, HttpResponse<InputStream> answer) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(answer.statusCode(), 0);
		exchange.getResponseBody().flush();
		byte[] buffer = new byte[8192];
		try (InputStream in = answer.body()) {
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				if (!this.silent) {
					exchange.getResponseBody().write(buffer, 0, read);
					exchange.getResponseBody().flush();
				}
			}
		}
	}

	private void note(HttpExchange exchange, int status, byte[] answer) {
		if (exchange.getRequestMethod().equals("POST") && status == 201) {
			String name = Serialization.unmarshal(new ByteArrayInputStream(answer), GenericKubernetesResource.class)
				.getMetadata()
				.getName();
			this.created.merge(name, 1, Integer::sum);
		}
	}

	/**
	 * What was created through here, each name as often as it was.
	 * @return the names
	 */
	public Stream<String> creations() {
		return this.created.entrySet().stream().flatMap((each) -> Stream.generate(each::getKey).limit(each.getValue()));
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

	/**
	 * Something that happens once, to the first call of its kind, whose caller gets no
	 * answer.
	 *
	 * @param method the call's method
	 * @param part something in its address or body
	 * @param done after it was done; before it arrives otherwise
	 * @param deed what happens
	 */
	public record Trap(String method, String part, boolean done, Runnable deed) {
	}

}
