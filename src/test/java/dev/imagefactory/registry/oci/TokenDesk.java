package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Gives tokens (distribution, "Token authentication specification") and checks them as a
 * registry would: each is good for one audience, one repository, some actions and some
 * time.
 */
final class TokenDesk implements AutoCloseable {

	static final String SERVICE = "strict.registry";

	private static final String BASIC = "Basic "
			+ Base64.getEncoder().encodeToString("factory:s3cret".getBytes(StandardCharsets.UTF_8));

	/** What was asked for, such as {@code repository:a/b:pull}. */
	final List<String> asked = new CopyOnWriteArrayList<>();

	/** Every {@code Authorization} that the registry saw. */
	final List<String> shown = new CopyOnWriteArrayList<>();

	private final Map<String, Grant> grants = new ConcurrentHashMap<>();

	private final HttpServer server;

	/** The audience of what is given, right or wrong. */
	volatile String audience = SERVICE;

	/** What is given instead of the scope that was asked for; empty for that scope. */
	volatile String scope = "";

	/** The rest of the answer, such as the token's life. */
	volatile String more = "\"expires_in\":300";

	/** The realm in the challenge; empty for our own address. */
	volatile String realm = "";

	/** Answers instead of us; null for none. */
	volatile StrictRegistry.Fault fault;

	TokenDesk() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/token", this::give);
		this.server.start();
	}

	String address() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/token";
	}

	/** No token that was given counts any more, as if its time were over. */
	void expireAll() {
		this.grants.clear();
	}

	private void give(HttpExchange exchange) throws IOException {
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		boolean post = exchange.getRequestMethod().equals("POST");
		Map<String, String> form = form(post ? body : exchange.getRequestURI().getRawQuery());
		this.asked.add(form.get("scope"));
		if (this.fault != null) {
			this.fault.strike(exchange);
		}
		else if (!isKnown(exchange, form, post) || !SERVICE.equals(form.get("service"))) {
			StrictRegistry.error(exchange, 401, "UNAUTHORIZED");
		}
		else {
			String token = UUID.randomUUID().toString();
			this.grants.put(token, new Grant(this.audience, this.scope.isEmpty() ? form.get("scope") : this.scope));
			String name = post ? "access_token" : "token";
			StrictRegistry.telling(200, "application/json", "{\"%s\":\"%s\",%s}".formatted(name, token, this.more))
				.strike(exchange);
		}
		exchange.close();
	}

	private static boolean isKnown(HttpExchange exchange, Map<String, String> form, boolean post) {
		return post
				? "refresh_token".equals(form.get("grant_type")) && "an-identity".equals(form.get("refresh_token"))
						&& form.containsKey("client_id") && !exchange.getRequestHeaders().containsKey("Authorization")
				: BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"));
	}

	private static Map<String, String> form(String text) {
		return Arrays.stream(text.split("&"))
			.map((pair) -> pair.split("=", 2))
			.collect(Collectors.toMap((pair) -> pair[0], (pair) -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
	}

	/** Whether a request may pass; answers it when it may not. */
	boolean admits(HttpExchange exchange, String image) throws IOException {
		String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
		this.shown.add(header);
		String method = exchange.getRequestMethod();
		String action = (method.equals("GET") || method.equals("HEAD")) ? "pull" : "push";
		Grant grant = this.grants.get(header.replaceFirst("^Bearer ", ""));
		if (header.startsWith("Bearer ") && grant != null && grant.covers(image, action)) {
			return true;
		}
		exchange.getRequestBody().readAllBytes();
		exchange.getResponseHeaders()
			.set("WWW-Authenticate",
					"Bearer realm=\"%s\",service=\"%s\",scope=\"repository:%s:%s\"".formatted(
							this.realm.isEmpty() ? address() : this.realm, SERVICE, image,
							action.equals("pull") ? "pull" : "pull,push"));
		StrictRegistry.error(exchange, 401, "UNAUTHORIZED");
		return false;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private record Grant(String audience, String scope) {

		private boolean covers(String image, String action) {
			String prefix = "repository:" + image + ":";
			return this.audience.equals(SERVICE) && this.scope.startsWith(prefix)
					&& List.of(this.scope.substring(prefix.length()).split(",")).contains(action);
		}

	}

}
