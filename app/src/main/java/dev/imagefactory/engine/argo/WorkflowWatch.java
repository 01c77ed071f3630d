package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.pipeline.BuildId;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches one namespace, again and again. */
final class WorkflowWatch {

	private static final Logger logger = LoggerFactory.getLogger(WorkflowWatch.class);

	private final String namespace;

	private final Ownership ownership;

	private final KubernetesCalls calls;

	private final WorkflowApi workflows;

	private final WorkflowWatches.Timing timing;

	private final Consumer<BuildId> listener;

	/** What was heard already; null when the next watch has to ask where to begin. */
	private @Nullable String version;

	WorkflowWatch(String namespace, Ownership ownership, KubernetesCalls calls, WorkflowApi workflows,
			WorkflowWatches.Timing timing, Consumer<BuildId> listener) {
		this.namespace = namespace;
		this.ownership = ownership;
		this.calls = calls;
		this.workflows = workflows;
		this.timing = timing;
		this.listener = listener;
	}

	/**
	 * Watches until the end; whatever goes wrong, it begins again after a while.
	 * @param closed reaches zero when it is to end
	 */
	void follow(CountDownLatch closed) {
		Duration wait = this.timing.first();
		boolean told = false;
		while (!isClosed(closed, Duration.ZERO)) {
			boolean served = false;
			try {
				served = once(closed);
				told = false;
			}
			catch (EngineUnavailable ex) {
				if (!told) {
					logger.info("Changes in the namespace {} are only found by listing for now: {}", this.namespace,
							ex.getMessage());
				}
				told = true;
			}
			catch (RuntimeException ex) {
				logger.warn("The watch of the namespace {} failed; it is opened again", this.namespace, ex);
			}
			wait = served ? this.timing.first() : wait;
			if (isClosed(closed, wait)) {
				return;
			}
			wait = longer(wait);
		}
	}

	private Duration longer(Duration wait) {
		Duration twice = wait.multipliedBy(2);
		return (twice.compareTo(this.timing.longest()) > 0) ? this.timing.longest() : twice;
	}

	private static boolean isClosed(CountDownLatch closed, Duration wait) {
		try {
			return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

	/**
	 * Watches once.
	 * @return whether anything was heard, or it was open for a while in which nothing
	 * happened: not every API server says how far it is when nothing does
	 */
	private boolean once(CountDownLatch closed) {
		String from = (this.version != null) ? this.version : this.workflows.version(this.namespace);
		this.version = from;
		ChangeLines lines = new ChangeLines(this.ownership, this.listener, from);
		CompletableFuture<HttpResponse<AsyncBody>> begun = this.calls.stream(
				this.workflows.changes(this.namespace, this.ownership.selector(), from, this.timing.length()), lines);
		try {
			HttpResponse<AsyncBody> response = begun.get(this.timing.silence().toNanos(), TimeUnit.NANOSECONDS);
			if (!response.isSuccessful()) {
				response.body().cancel();
				this.version = null;
				throw new EngineUnavailable("The Kubernetes API answered %d to a watch of the namespace %s"
					.formatted(response.code(), this.namespace));
			}
			boolean quiet = hear(response.body(), lines, closed);
			this.version = lines.version();
			return quiet || lines.heard() > 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new EngineUnavailable("The watch of the namespace %s was not answered".formatted(this.namespace), ex);
		}
		finally {
			begun.thenAccept((response) -> response.body().cancel());
			begun.cancel(false);
		}
		return false;
	}

	/**
	 * Until it ends, is too old to go on, or says nothing any more.
	 * @return whether it was still open after a while in which nothing was said
	 */
	private boolean hear(AsyncBody body, ChangeLines lines, CountDownLatch closed) throws InterruptedException {
		body.consume();
		Duration look = this.timing.silence().dividedBy(4);
		long heard = lines.heard();
		int silent = 0;
		while (silent < 4 && !isClosed(closed, Duration.ZERO)) {
			try {
				body.done().get(look.toNanos(), TimeUnit.NANOSECONDS);
				return silent > 0;
			}
			catch (TimeoutException ex) {
				silent = (lines.heard() == heard) ? silent + 1 : 0;
				heard = lines.heard();
			}
			catch (ExecutionException ex) {
				logger.debug("The watch of the namespace {} broke off", this.namespace, ex);
				return silent > 0;
			}
		}
		return silent > 0;
	}

}
