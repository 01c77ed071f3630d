package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Sends deliveries as GitHub's hook of one repository would. */
final class Hook {

	private static final ObjectMapper JSON = new ObjectMapper();

	private final String repository;

	private final long repositoryId;

	private final String secret;

	Hook(String repository, long repositoryId, String secret) {
		this.repository = repository;
		this.repositoryId = repositoryId;
		this.secret = secret;
	}

	static Path secretFile(Path folder, String secret) {
		return secretFile(folder, "webhook-secret", secret);
	}

	static Path secretFile(Path folder, String name, String secret) {
		try {
			return Files.writeString(folder.resolve(name), secret + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A published release of a tag. */
	Delivery release(String tag) {
		return release("published", tag, false);
	}

	/** A published release that is marked as not ready for production. */
	Delivery prerelease(String tag) {
		return release("published", tag, false, true);
	}

	Delivery release(String action, String tag, boolean draft) {
		return release(action, tag, draft, false);
	}

	private Delivery release(String action, String tag, boolean draft, boolean prerelease) {
		ObjectNode payload = JSON.createObjectNode().put("action", action);
		payload.putObject("release").put("tag_name", tag).put("draft", draft).put("prerelease", prerelease);
		return new Delivery("release", UUID.randomUUID().toString(), bytes(withRepository(payload)));
	}

	/** A push of a commit to a branch. */
	Delivery push(String branch, String commit) {
		ObjectNode payload = JSON.createObjectNode()
			.put("ref", "refs/heads/" + branch)
			.put("after", commit)
			.put("deleted", false);
		payload.putObject("head_commit").put("id", commit).put("message", "Change something");
		return new Delivery("push", UUID.randomUUID().toString(), bytes(withRepository(payload)));
	}

	Delivery raw(String event, String body) {
		return new Delivery(event, UUID.randomUUID().toString(), body.getBytes(StandardCharsets.UTF_8));
	}

	private ObjectNode withRepository(ObjectNode payload) {
		payload.putObject("repository")
			.put("id", this.repositoryId)
			.put("full_name", this.repository)
			.put("default_branch", "main")
			.put("archived", false);
		return payload;
	}

	private static byte[] bytes(ObjectNode payload) {
		return payload.toString().getBytes(StandardCharsets.UTF_8);
	}

	/** An event about the repository with these fields, given as a JSON object. */
	Delivery event(String event, String fields) {
		try {
			return new Delivery(event, UUID.randomUUID().toString(),
					bytes(withRepository((ObjectNode) JSON.readTree(fields))));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Api.Answer send(Api api, Delivery delivery) {
		return api.send(signed(api, delivery));
	}

	HttpRequest.Builder signed(Api api, Delivery delivery) {
		return api.anonymous("/webhooks/github")
			.header("Content-Type", "application/json")
			.header("X-GitHub-Event", delivery.event())
			.header("X-GitHub-Delivery", delivery.guid())
			.header("X-GitHub-Hook-ID", "17")
			.header("X-Hub-Signature-256", "sha256=" + signature(delivery.body()))
			.POST(HttpRequest.BodyPublishers.ofByteArray(delivery.body()));
	}

	String signature(byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(this.secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return HexFormat.of().formatHex(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A delivery, which may be sent again.
	 *
	 * @param event its event
	 * @param guid its GUID
	 * @param body its body
	 */
	record Delivery(String event, String guid, byte[] body) {

		/** The same body as another event. */
		Delivery as(String otherEvent) {
			return new Delivery(otherEvent, this.guid, this.body);
		}

		/** The same body under a GUID of its own. */
		Delivery again() {
			return new Delivery(this.event, UUID.randomUUID().toString(), this.body);
		}

	}

}
