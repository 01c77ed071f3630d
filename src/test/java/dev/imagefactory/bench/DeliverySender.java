package dev.imagefactory.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One keep-alive connection that sends signed deliveries, as cheap as a client can be.
 */
final class DeliverySender implements AutoCloseable {

	private final Socket socket;

	private final OutputStream out;

	private final InputStream in;

	private final String host;

	private final Mac mac;

	DeliverySender(URI base, String secret) throws IOException, GeneralSecurityException {
		this.socket = new Socket(base.getHost(), base.getPort());
		this.socket.setTcpNoDelay(true);
		this.socket.setSoTimeout(30_000);
		this.out = this.socket.getOutputStream();
		this.in = new BufferedInputStream(this.socket.getInputStream());
		this.host = base.getAuthority();
		this.mac = Mac.getInstance("HmacSHA256");
		this.mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
	}

	/**
	 * Sends a release.
	 * @param body the payload
	 * @return the answer's status
	 */
	int send(byte[] body) throws IOException {
		String head = """
				POST /webhooks/github HTTP/1.1\r
				Host: %s\r
				Content-Type: application/json\r
				User-Agent: GitHub-Hookshot/bench\r
				X-GitHub-Event: release\r
				X-GitHub-Delivery: %s\r
				X-GitHub-Hook-ID: 1\r
				X-Hub-Signature-256: sha256=%s\r
				Content-Length: %d\r
				\r
				""".formatted(this.host, UUID.randomUUID(), HexFormat.of().formatHex(this.mac.doFinal(body)),
				body.length);
		ByteArrayOutputStream request = new ByteArrayOutputStream(head.length() + body.length);
		request.write(head.getBytes(StandardCharsets.US_ASCII));
		request.write(body);
		request.writeTo(this.out);
		this.out.flush();
		return readAnswer();
	}

	private int readAnswer() throws IOException {
		String status = line();
		int length = 0;
		boolean chunked = false;
		for (String header = line(); !header.isEmpty(); header = line()) {
			String lower = header.toLowerCase();
			if (lower.startsWith("content-length:")) {
				length = Integer.parseInt(lower.substring(15).strip());
			}
			chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
		}
		if (chunked) {
			for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
				this.in.readNBytes(size);
				line();
			}
			line();
		}
		else {
			this.in.readNBytes(length);
		}
		return Integer.parseInt(status.substring(9, 12));
	}

	private String line() throws IOException {
		StringBuilder text = new StringBuilder(64);
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new IOException("The service closed the connection");
			}
			if (next != '\r') {
				text.append((char) next);
			}
		}
		return text.toString();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
