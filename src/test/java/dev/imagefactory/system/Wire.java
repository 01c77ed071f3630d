package dev.imagefactory.system;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Sends requests that no proper HTTP client would send. */
final class Wire implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 60_000;

	private final Socket socket;

	Wire(URI base) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), base.getPort());
		this.socket.setSoTimeout(PATIENCE_MILLIS);
	}

	/** Sends the head of a delivery with these lines added. */
	Wire head(Hook hook, Hook.Delivery delivery, String... more) throws IOException {
		StringBuilder head = new StringBuilder("POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\n"
				+ "Content-Type: application/json\r\nX-GitHub-Event: " + delivery.event() + "\r\nX-GitHub-Delivery: "
				+ delivery.guid() + "\r\nX-Hub-Signature-256: sha256=" + hook.signature(delivery.body()) + "\r\n");
		for (String line : more) {
			head.append(line).append("\r\n");
		}
		return send(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
	}

	Wire send(byte[] bytes) throws IOException {
		OutputStream out = this.socket.getOutputStream();
		out.write(bytes);
		out.flush();
		return this;
	}

	/** Sends all of it in chunks of 64 KiB, with the last one. */
	Wire chunks(byte[] bytes) throws IOException {
		for (int at = 0; at < bytes.length; at += 65_536) {
			int length = Math.min(65_536, bytes.length - at);
			this.socket.getOutputStream()
				.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
			this.socket.getOutputStream().write(bytes, at, length);
			this.socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
		}
		return send("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
	}

	/** Says that nothing more will come. */
	Wire end() throws IOException {
		this.socket.shutdownOutput();
		return this;
	}

	/** Reads one answer: as much as it announces, else until the service closes. */
	Api.Answer answer() throws IOException {
		String head = readHead();
		int length = Integer.MAX_VALUE;
		for (String line : head.split("\r\n")) {
			if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
				length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
			}
		}
		String body = new String(this.socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
		return new Api.Answer(Integer.parseInt(head.substring(9, 12)), body, "", Map.of("head", List.of(head)));
	}

	private String readHead() throws IOException {
		StringBuilder head = new StringBuilder();
		while (!head.toString().endsWith("\r\n\r\n")) {
			int next = this.socket.getInputStream().read();
			if (next < 0) {
				throw new IOException("The service closed the connection after '" + head + "'");
			}
			head.append((char) next);
		}
		return head.toString();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
