package dev.imagefactory.engine.argo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * A log as the API server sends it. No more is asked for than is taken, so that a log of
 * many megabytes never lies here. The answer to a container that says nothing may not
 * even begin: that is silence, and no failure.
 */
final class LogStream implements AsyncBody.Consumer<List<ByteBuffer>>, AutoCloseable {

	/** Comes when nothing follows. */
	private static final byte[] END = new byte[0];

	private final String what;

	private final BlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();

	private final CompletableFuture<HttpResponse<AsyncBody>> begun;

	/** What is said instead of a log. */
	private final ApiBody refusal = new ApiBody();

	private volatile @Nullable HttpResponse<AsyncBody> head;

	private volatile boolean broken;

	private boolean ended;

	/**
	 * Asks for a log.
	 * @param calls the connection
	 * @param request the request
	 * @param what what is attempted
	 */
	LogStream(KubernetesCalls calls, HttpRequest request, String what) {
		this.what = what;
		this.begun = calls.stream(request, this);
		this.begun.whenComplete((response, failure) -> {
			if (failure != null) {
				end(failure);
			}
			else {
				this.head = response;
				response.body().done().whenComplete((done, breach) -> end(breach));
				response.body().consume();
			}
		});
	}

	private void end(@Nullable Throwable failure) {
		this.broken |= failure != null;
		this.pieces.add(END);
	}

	@Override
	public void consume(List<ByteBuffer> buffers, AsyncBody body) {
		ByteArrayOutputStream piece = new ByteArrayOutputStream();
		for (ByteBuffer buffer : buffers) {
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			piece.writeBytes(bytes);
		}
		if (piece.size() > 0) {
			this.pieces.add(piece.toByteArray());
		}
		else {
			body.consume();
		}
	}

	/**
	 * Takes the next piece.
	 * @param wait how long to wait for it
	 * @return some bytes; empty when none came, or the log has ended
	 * @throws PodApi.LogsRefused when the API server says no
	 * @throws InterruptedException when this process ends
	 */
	byte[] next(Duration wait) throws InterruptedException {
		byte[] piece = this.ended ? END : this.pieces.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
		if (piece == null) {
			return END;
		}
		HttpResponse<AsyncBody> response = this.head;
		this.ended |= piece == END;
		if (response == null) {
			return piece;
		}
		if (!response.isSuccessful()) {
			refuse(response, piece);
			piece = END;
		}
		if (!this.ended) {
			response.body().consume();
		}
		return piece;
	}

	private void refuse(HttpResponse<AsyncBody> response, byte[] piece) {
		try {
			this.refusal.add(List.of(ByteBuffer.wrap(piece)));
		}
		catch (IOException ex) {
			this.ended = true;
		}
		if (this.ended) {
			throw PodApi.refused(new ApiAnswer(response.code(), this.refusal, "", null), this.what);
		}
	}

	/** Whether nothing follows. */
	boolean isEnded() {
		return this.ended;
	}

	/** Whether it broke off, as far as the connection tells. */
	boolean isBroken() {
		return this.broken;
	}

	@Override
	public void close() {
		this.begun.thenAccept((response) -> response.body().cancel());
		this.begun.cancel(false);
	}

}
