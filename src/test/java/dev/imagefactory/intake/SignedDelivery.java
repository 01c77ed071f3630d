package dev.imagefactory.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A delivery as GitHub would send it, for tests: real-shaped payload, headers, signature.
 * Immutable; every {@code with} makes another one, signed anew unless a signature was
 * set.
 */
public final class SignedDelivery {

	/** The secret that is used unless a test names another. */
	public static final String SECRET = "It's a Secret to Everybody";

	/** The header with the signature. */
	public static final String SIGNATURE = "X-Hub-Signature-256";

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final byte[] body;

	private final String secret;

	private final Map<String, List<String>> headers;

	private SignedDelivery(byte[] body, String secret, Map<String, List<String>> headers) {
		this.body = body;
		this.secret = secret;
		this.headers = headers;
	}

	/** A delivery of any body as any event. */
	public static SignedDelivery of(String event, byte[] body) {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		headers.put("Content-Type", List.of("application/json"));
		headers.put("User-Agent", List.of("GitHub-Hookshot/044aadd"));
		headers.put("X-GitHub-Event", List.of(event));
		headers.put("X-GitHub-Delivery", List.of(UUID.randomUUID().toString()));
		headers.put("X-GitHub-Hook-ID", List.of("551"));
		return new SignedDelivery(body, SECRET, headers);
	}

	/** A delivery of any text as any event. */
	public static SignedDelivery of(String event, String body) {
		return of(event, body.getBytes(StandardCharsets.UTF_8));
	}

	/** A published release of a tag. */
	public static SignedDelivery release(String repository, long id, String tag) {
		return release(repository, id, tag, (payload) -> {
		});
	}

	/** A release event, changed by the test. */
	public static SignedDelivery release(String repository, long id, String tag, Consumer<ObjectNode> change) {
		return changed("release", repository, id, (payload) -> {
			((ObjectNode) payload.get("release")).put("tag_name", tag);
			change.accept(payload);
		});
	}

	/** A push to a ref, such as {@code refs/heads/main}. */
	public static SignedDelivery push(String repository, long id, String ref, String after) {
		return push(repository, id, ref, after, (payload) -> {
		});
	}

	/** A push event, changed by the test. */
	public static SignedDelivery push(String repository, long id, String ref, String after,
			Consumer<ObjectNode> change) {
		return changed("push", repository, id, (payload) -> {
			payload.put("ref", ref).put("after", after);
			change.accept(payload);
		});
	}

	/** The event that GitHub sends when a repository's hook is made. */
	public static SignedDelivery ping(String repository, long id) {
		return changed("ping", repository, id, (payload) -> {
		});
	}

	/** An event that nobody builds for. */
	public static SignedDelivery star(String repository, long id) {
		return changed("star", repository, id, (payload) -> {
		});
	}

	private static SignedDelivery changed(String event, String repository, long id, Consumer<ObjectNode> change) {
		ObjectNode payload = payload(event);
		ObjectNode about = (ObjectNode) payload.get("repository");
		about.put("id", id).put("full_name", repository).put("name", repository.substring(repository.indexOf('/') + 1));
		change.accept(payload);
		return of(event, payload.toString());
	}

	/** A recorded payload, to be changed at will. */
	public static ObjectNode payload(String event) {
		try (InputStream file = SignedDelivery.class
			.getResourceAsStream("/dev/imagefactory/github/" + event + ".json")) {
			return (ObjectNode) MAPPER.readTree(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The same signed with another secret. */
	public SignedDelivery withSecret(String other) {
		return new SignedDelivery(this.body, other, this.headers);
	}

	/** The same under another GUID. */
	public SignedDelivery withGuid(String guid) {
		return withHeader("X-GitHub-Delivery", guid);
	}

	/** The same with a header sent with these values; none at all removes it. */
	public SignedDelivery withHeader(String name, String... values) {
		Map<String, List<String>> changed = new LinkedHashMap<>(this.headers);
		changed.put(name, List.of(values));
		return new SignedDelivery(this.body, this.secret, changed);
	}

	/** The raw body. */
	public byte[] body() {
		return this.body.clone();
	}

	/** The GUID. */
	public String guid() {
		return this.headers.get("X-GitHub-Delivery").get(0);
	}

	/** All headers, the signature among them. */
	public Map<String, List<String>> headers() {
		Map<String, List<String>> signed = new LinkedHashMap<>(this.headers);
		signed.putIfAbsent(SIGNATURE, List.of(sign(this.secret, this.body)));
		signed.values().removeIf(List::isEmpty);
		return signed;
	}

	/** The delivery as the inbox takes it. */
	public RawDelivery raw() {
		return new RawDelivery(headers(), this.body);
	}

	/** The delivery as a request to {@code <base>/webhooks/github}. */
	public HttpRequest request(URI base) {
		HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve("/webhooks/github"))
			.POST(BodyPublishers.ofByteArray(this.body));
		headers().forEach((name, values) -> values.forEach((value) -> request.header(name, value)));
		return request.build();
	}

	/** Signs a body as GitHub does. */
	public static String sign(String secret, byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public String toString() {
		return headers() + " " + Arrays.hashCode(this.body);
	}

}
