package dev.imagefactory.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Stands before a server on this host and lets everything through, until it is shut: then
 * every connection ends, as if the server were gone.
 */
final class Doorway implements AutoCloseable {

	private final int port;

	private final ServerSocket door;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private volatile boolean shut;

	/** Shuts the door before what was asked is heard. */
	private volatile Predicate<String> trigger = (request) -> false;

	private Doorway(int port, ServerSocket door) {
		this.port = port;
		this.door = door;
	}

	/**
	 * Opens a doorway.
	 * @param address the server, {@code host:port}
	 * @return the doorway
	 */
	static Doorway to(String address) {
		try {
			Doorway doorway = new Doorway(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)),
					new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
			Thread.ofVirtual().start(doorway::receive);
			return doorway;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String address() {
		return "127.0.0.1:" + this.door.getLocalPort();
	}

	/**
	 * Shuts the door as soon as something is asked, which nobody hears any more.
	 * @param asked whether a request is the one, from what it begins with
	 */
	void shutWhen(Predicate<String> asked) {
		this.trigger = asked;
	}

	boolean isShut() {
		return this.shut;
	}

	void shut() {
		this.shut = true;
		this.sockets.forEach(Doorway::end);
	}

	void open() {
		this.trigger = (request) -> false;
		this.shut = false;
	}

	private void receive() {
		while (!this.door.isClosed()) {
			try {
				Socket client = this.door.accept();
				if (this.shut) {
					end(client);
					continue;
				}
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.port);
				this.sockets.add(client);
				this.sockets.add(server);
				Thread.ofVirtual().start(() -> pass(client, server, true));
				Thread.ofVirtual().start(() -> pass(server, client, false));
			}
			catch (IOException ex) {
				// The server is gone, or this doorway is closed.
			}
		}
	}

	private void pass(Socket from, Socket to, boolean asking) {
		try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
			byte[] buffer = new byte[8192];
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				if (asking && this.trigger.test(new String(buffer, 0, read, StandardCharsets.ISO_8859_1))) {
					shut();
				}
				if (this.shut) {
					return;
				}
				out.write(buffer, 0, read);
			}
		}
		catch (IOException ex) {
			// One of the two has gone, which the other one sees.
		}
		finally {
			this.sockets.remove(from);
			this.sockets.remove(to);
		}
	}

	private static void end(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		shut();
		try {
			this.door.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
