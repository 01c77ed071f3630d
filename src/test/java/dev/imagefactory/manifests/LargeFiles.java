package dev.imagefactory.manifests;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.imagefactory.git.GitHttpServer;

/**
 * Large files of repositories, as git-lfs asks for them: a batch says where each is, and
 * a download gives it. Everything else is refused.
 */
final class LargeFiles {

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final String TYPE = "application/vnd.git-lfs+json";

	/** Which files were asked for, by the repository's path and the file's hash. */
	final List<String> asked = new CopyOnWriteArrayList<>();

	private final Map<String, byte[]> files = new ConcurrentHashMap<>();

	private GitHttpServer downloads;

	/**
	 * Keeps a file.
	 * @param content its content
	 * @return the pointer that a repository has in its place
	 */
	String keep(byte[] content) {
		this.files.put(hash(content), content);
		return pointer(content);
	}

	/** Gives another content than the pointer says. */
	void spoil(byte[] content, byte[] other) {
		this.files.put(hash(content), other);
	}

	/**
	 * The pointer to a file, whether it is there or not.
	 * @param content its content
	 * @return the text
	 */
	static String pointer(byte[] content) {
		return pointer(hash(content), content.length);
	}

	/**
	 * The pointer to a file, of which anything may be said.
	 * @param hash its hash
	 * @param size its size
	 * @return the text
	 */
	static String pointer(String hash, long size) {
		return "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n".formatted(hash, size);
	}

	/**
	 * Serves the files of a repository.
	 * @param server its server
	 * @param repository such as {@code app.git}
	 * @return this
	 */
	LargeFiles of(GitHttpServer server, String repository) {
		server.serve("/" + repository + "/info/lfs", (exchange) -> batch(exchange, repository));
		return downloadsFrom(server);
	}

	/**
	 * Lets files come from a server, which may be another one.
	 * @param server the server
	 * @return this
	 */
	LargeFiles downloadsFrom(GitHttpServer server) {
		if (this.downloads != server) {
			this.downloads = server.serve("/large-files/", this::download);
		}
		return this;
	}

	private void batch(HttpExchange exchange, String repository) throws IOException {
		JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
		if (!exchange.getRequestURI().getPath().equals("/" + repository + "/info/lfs/objects/batch")
				|| !TYPE.equals(exchange.getRequestHeaders().getFirst("Accept"))
				|| !exchange.getRequestHeaders().getFirst("Content-Type").startsWith(TYPE)
				|| !request.path("operation").asText().equals("download")) {
			answer(exchange, 422, "{\"message\":\"unexpected\"}".getBytes(StandardCharsets.UTF_8));
			return;
		}
		ObjectNode answer = JSON.createObjectNode().put("transfer", "basic");
		for (JsonNode object : request.path("objects")) {
			ObjectNode item = answer.withArray("objects").addObject();
			String hash = object.path("oid").asText();
			this.asked.add(repository + " " + hash);
			item.put("oid", hash).set("size", object.path("size"));
			if (this.files.containsKey(hash)) {
				URI href = this.downloads.url("large-files/" + hash);
				item.put("authenticated", true).putObject("actions").putObject("download").put("href", href.toString());
			}
			else {
				item.putObject("error").put("code", 404).put("message", "Object does not exist");
			}
		}
		answer(exchange, 200, JSON.writeValueAsBytes(answer));
	}

	private void download(HttpExchange exchange) throws IOException {
		byte[] file = this.files.get(exchange.getRequestURI().getPath().replaceFirst(".*/", ""));
		if (file == null) {
			answer(exchange, 404, "{}".getBytes(StandardCharsets.UTF_8));
			return;
		}
		exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
		exchange.sendResponseHeaders(200, file.length);
		exchange.getResponseBody().write(file);
	}

	private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", TYPE);
		exchange.sendResponseHeaders(status, body.length);
		exchange.getResponseBody().write(body);
	}

	/**
	 * The hash of a content.
	 * @param content the content
	 * @return its SHA-256 in hex
	 */
	static String hash(byte[] content) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
