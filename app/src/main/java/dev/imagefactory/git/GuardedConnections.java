package dev.imagefactory.git;

import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.eclipse.jgit.transport.http.JDKHttpConnection;

/**
 * Opens the connections of one access: only to the remote's own host, so that a redirect
 * takes neither us nor the token elsewhere, and only for git's "smart" protocol
 * (gitprotocol-http). It remembers what the server answered last.
 */
final class GuardedConnections implements HttpConnectionFactory {

	private static final String REFS = "/info/refs";

	private static final String PACK = "/git-upload-pack";

	private final URI remote;

	private volatile int status;

	private final Queue<InputStream> answers = new ConcurrentLinkedQueue<>();

	/**
	 * Creates the factory.
	 * @param remote the repository's URL
	 */
	GuardedConnections(URI remote) {
		this.remote = remote;
	}

	/**
	 * The last answer.
	 * @return an HTTP status, 0 when there was none
	 */
	int status() {
		return this.status;
	}

	/** Closes what was not read to its end, and with it the connections. */
	void close() {
		for (InputStream answer = this.answers.poll(); answer != null; answer = this.answers.poll()) {
			try {
				answer.close();
			}
			catch (IOException ex) {
				// It is broken already, which is as good as closed.
			}
		}
	}

	@Override
	public HttpConnection create(URL url) throws IOException {
		return create(url, Proxy.NO_PROXY);
	}

	@Override
	public HttpConnection create(URL url, Proxy proxy) throws IOException {
		if (!isSameServer(url)) {
			throw new Refused("the server redirects to " + url.getHost()
					+ ", and redirects to another host are not followed; set the clone URL to the new place");
		}
		if (!url.getPath().endsWith(PACK) && !(url.getPath().endsWith(REFS) && url.getQuery() != null)) {
			throw new Refused("what answers there does not speak git's smart HTTP protocol; check the clone URL");
		}
		this.status = 0;
		return new RecordedConnection(url, proxy);
	}

	private boolean isSameServer(URL url) {
		boolean upgraded = "http".equals(this.remote.getScheme()) && "https".equals(url.getProtocol())
				&& this.remote.getPort() == -1 && url.getPort() == -1;
		boolean samePort = url.getProtocol().equals(this.remote.getScheme()) && port(url) == port(this.remote);
		return url.getHost().equalsIgnoreCase(this.remote.getHost()) && (samePort || upgraded);
	}

	private static int port(URL url) {
		return (url.getPort() != -1) ? url.getPort() : url.getDefaultPort();
	}

	private static int port(URI uri) {
		int standard = "https".equals(uri.getScheme()) ? 443 : 80;
		return (uri.getPort() != -1) ? uri.getPort() : standard;
	}

	/** A place that we do not go to; its message is a reason with what to do. */
	static final class Refused extends TransportException {

		private Refused(String message) {
			super(message);
		}

	}

	private final class RecordedConnection extends JDKHttpConnection {

		RecordedConnection(URL url, Proxy proxy) throws IOException {
			super(url, proxy);
		}

		@Override
		public int getResponseCode() throws IOException {
			GuardedConnections.this.status = super.getResponseCode();
			return GuardedConnections.this.status;
		}

		@Override
		public InputStream getInputStream() throws IOException {
			InputStream answer = super.getInputStream();
			GuardedConnections.this.answers.add(answer);
			return answer;
		}

	}

}
