package dev.imagefactory.intake.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** An HTTP client that does what no proper client would do. */
final class RawHttp implements AutoCloseable {

	private final Socket socket;

	RawHttp(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(15_000);
		this.socket.setTcpNoDelay(true);
	}

	RawHttp head(Map<String, List<String>> headers, String... more) throws IOException {
		StringBuilder head = new StringBuilder("POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\n");
		headers.forEach((name, values) -> values
			.forEach((value) -> head.append(name).append(": ").append(value).append("\r\n")));
		for (String line : more) {
			head.append(line).append("\r\n");
		}
		return send(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
	}

	RawHttp send(byte[] bytes) throws IOException {
		OutputStream out = this.socket.getOutputStream();
		out.write(bytes);
		out.flush();
		return this;
	}

	RawHttp chunk(byte[] bytes, int from, int length) throws IOException {
		ByteArrayOutputStream chunk = new ByteArrayOutputStream();
		chunk.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
		chunk.write(bytes, from, length);
		chunk.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
		return send(chunk.toByteArray());
	}

	RawHttp lastChunk() throws IOException {
		return send("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
	}

	RawHttp endOfOutput() throws IOException {
		this.socket.shutdownOutput();
		return this;
	}

	/** Reads one answer, skipping 100 Continue. */
	Reply reply() throws IOException {
		String head = readHead();
		while (head.startsWith("HTTP/1.1 100")) {
			head = readHead();
		}
		int length = 0;
		for (String line : head.split("\r\n")) {
			if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
				length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
			}
		}
		return new Reply(head, this.socket.getInputStream().readNBytes(length));
	}

	private String readHead() throws IOException {
		StringBuilder head = new StringBuilder();
		while (!head.toString().endsWith("\r\n\r\n")) {
			int next = this.socket.getInputStream().read();
			if (next < 0) {
				throw new IOException("The server closed the connection after '" + head + "'");
			}
			head.append((char) next);
		}
		return head.toString();
	}

	/** Whether the server closed the connection; waits for it. */
	boolean isClosedByServer() throws IOException {
		try {
			return this.socket.getInputStream().read() < 0;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/** An answer. */
	record Reply(String head, byte[] body) {

		int status() {
			return Integer.parseInt(this.head.substring(9, 12));
		}

		JsonNode json() throws IOException {
			return JsonMapper.builder().build().readTree(this.body);
		}

		String outcome() throws IOException {
			return json().path("outcome").asText();
		}

	}

}
