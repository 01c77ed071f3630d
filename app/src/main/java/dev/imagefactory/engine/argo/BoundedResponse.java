package dev.imagefactory.engine.argo;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** An answer of which no more is read than any Workflow has. */
final class BoundedResponse implements ClientHttpResponse {

	private static final int MOST_REST = 8 * 1024;

	private final ClientHttpResponse response;

	BoundedResponse(ClientHttpResponse response) {
		this.response = response;
	}

	@Override
	public HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

	@Override
	public InputStream getBody() throws IOException {
		return new Bounded(this.response.getBody());
	}

	/**
	 * {@inheritDoc} The connection is kept when little is left to be read; otherwise it
	 * is given up, because Spring's own response would read it to its end.
	 */
	@Override
	public void close() {
		try (InputStream body = this.response.getBody()) {
			body.readNBytes(MOST_REST);
		}
		catch (IOException ex) {
			// It is given up anyway.
		}
		this.response.close();
	}

	/** A stream that ends badly rather than never. */
	private static final class Bounded extends FilterInputStream {

		private long left = StoredNodes.MOST_BYTES;

		Bounded(InputStream in) {
			super(in);
		}

		@Override
		public int read() throws IOException {
			int read = super.read();
			take((read >= 0) ? 1 : 0);
			return read;
		}

		@Override
		public int read(byte[] bytes, int from, int length) throws IOException {
			int read = super.read(bytes, from, length);
			take(Math.max(read, 0));
			return read;
		}

		private void take(int count) throws IOException {
			this.left -= count;
			if (this.left < 0) {
				throw new IOException("it has more than %d bytes".formatted(StoredNodes.MOST_BYTES));
			}
		}

	}

}
