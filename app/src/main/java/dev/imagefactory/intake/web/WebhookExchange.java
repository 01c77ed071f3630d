package dev.imagefactory.intake.web;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.imagefactory.intake.Answer;
import dev.imagefactory.intake.DeliveryNotStored;
import dev.imagefactory.intake.DeliveryRefused;
import dev.imagefactory.intake.Inbox;
import dev.imagefactory.intake.IntakeMetrics;
import dev.imagefactory.intake.RawDelivery;
import dev.imagefactory.intake.web.BodyMemory.Buffer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One webhook request and its answer. The container calls it with one thread at a time:
 * when bytes are there, when the body is complete, when the time is over.
 * <p>
 * A body that is refused while it still arrives is answered at once, and the rest is read
 * and dropped for a while: a connection that is closed on unread bytes is reset, and the
 * sender would never see the answer.
 */
final class WebhookExchange implements ReadListener, AsyncListener {

	private static final Logger logger = LoggerFactory.getLogger(WebhookExchange.class);

	/** Where bytes go that nobody looks at; shared, because nobody looks. */
	private static final byte[] NOWHERE = new byte[8192];

	private final Parts parts;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final AsyncContext async;

	private final ServletInputStream input;

	private final Buffer buffer;

	private long dropAtMost;

	private boolean answered;

	private boolean completed;

	WebhookExchange(Parts parts, HttpServletRequest request, HttpServletResponse response) throws IOException {
		this.parts = parts;
		this.request = request;
		this.response = response;
		this.input = request.getInputStream();
		this.buffer = parts.memory().open(request.getContentLengthLong());
		this.dropAtMost = 2L * parts.limits().largest();
		this.async = request.startAsync();
	}

	/**
	 * Begins to wait for the body.
	 * @throws IOException when the sender is gone already
	 */
	void begin() throws IOException {
		this.async.setTimeout(this.parts.limits().arrival().toMillis());
		this.async.addListener(this);
		this.input.setReadListener(this);
		if (this.request.getContentLengthLong() > this.parts.limits().largest()) {
			refuseTooLarge();
		}
	}

	@Override
	public void onDataAvailable() throws IOException {
		while (!this.completed && this.input.isReady() && !this.input.isFinished()) {
			if (this.answered) {
				drop();
			}
			else {
				take();
			}
		}
	}

	private void take() throws IOException {
		switch (this.buffer.makeRoom()) {
			case YES -> {
				int read = this.input.read(this.buffer.array(), this.buffer.position(),
						this.buffer.array().length - this.buffer.position());
				this.buffer.advance(Math.max(read, 0));
			}
			case FULL -> {
				// The end of a chunked body is only seen by reading on.
				if (this.input.read(NOWHERE, 0, 1) > 0) {
					refuseTooLarge();
				}
			}
			case BUSY -> refuse(Problem.BUSY, "Other large deliveries are being read just now; send it again later");
		}
	}

	private void drop() throws IOException {
		this.dropAtMost -= Math.max(this.input.read(NOWHERE), 0);
		if (this.dropAtMost < 0) {
			complete();
		}
	}

	@Override
	public void onAllDataRead() throws IOException {
		if (!this.answered) {
			answer();
		}
		complete();
	}

	private void answer() throws IOException {
		try {
			Answer answer = this.parts.inbox().take(new RawDelivery(headers(), this.buffer.body()));
			this.answered = true;
			this.parts.answers().write(this.response, answer);
			count(answer);
		}
		catch (DeliveryRefused ex) {
			write(Problem.of(ex.kind()), ex.getMessage());
		}
		catch (DeliveryNotStored ex) {
			logger.warn("A delivery was answered with 503, because the database did not store it", ex);
			write(Problem.NOT_STORED,
					"The database is not available just now; nothing was stored, send it again later");
		}
		catch (RuntimeException | OutOfMemoryError ex) {
			logger.error("A delivery could not be handled", ex);
			write(Problem.INTERNAL, "Nothing was decided about the delivery; the service's log says why");
		}
	}

	private Map<String, List<String>> headers() {
		Map<String, List<String>> headers = new HashMap<>();
		for (String name : Collections.list(this.request.getHeaderNames())) {
			headers.put(name, new ArrayList<>(Collections.list(this.request.getHeaders(name))));
		}
		return headers;
	}

	private void count(Answer answer) {
		switch (answer) {
			case Answer.Accepted accepted -> this.parts.metrics().answered("accepted", "");
			case Answer.Duplicate duplicate -> this.parts.metrics().answered("duplicate", "");
			case Answer.Pong pong -> this.parts.metrics().answered("pong", "");
			case Answer.Ignored ignored -> this.parts.metrics().answered("ignored", ignored.reason());
		}
	}

	private void refuseTooLarge() throws IOException {
		refuse(Problem.TOO_LARGE, "A body may have up to %d bytes".formatted(this.parts.limits().largest()));
	}

	/** Refuses a body that is still arriving. */
	private void refuse(Problem problem, String detail) throws IOException {
		this.response.setHeader("Connection", "close");
		write(problem, detail);
		this.response.flushBuffer();
		this.buffer.close();
	}

	private void write(Problem problem, String detail) throws IOException {
		this.answered = true;
		this.parts.metrics().answered(problem.isTemporary() ? "unavailable" : "refused", problem.slug());
		this.parts.answers().write(this.response, problem, detail);
	}

	private void complete() {
		if (!this.completed) {
			this.completed = true;
			this.buffer.close();
			this.async.complete();
		}
	}

	@Override
	public void onTimeout(AsyncEvent event) throws IOException {
		if (!this.answered) {
			refuseLate();
		}
		complete();
	}

	private void refuseLate() throws IOException {
		refuse(Problem.TIMEOUT,
				"The whole body has to arrive within " + this.parts.limits().arrival().toSeconds() + " seconds");
	}

	/** A sender that only fell silent may see the container's own time limit first. */
	private void refuseIncomplete(Throwable failure) throws IOException {
		if (failure instanceof SocketTimeoutException) {
			refuseLate();
		}
		else {
			refuse(Problem.TRUNCATED, "The connection ended before the whole body was there");
		}
	}

	@Override
	public void onError(Throwable failure) {
		logger.debug("A webhook request ended before its body was complete", failure);
		try {
			if (!this.answered) {
				refuseIncomplete(failure);
			}
		}
		catch (IOException ex) {
			logger.debug("The sender of an incomplete webhook is gone", ex);
		}
		complete();
	}

	@Override
	public void onError(AsyncEvent event) {
		complete();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.completed = true;
		this.buffer.close();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// Nothing starts it again.
	}

	/**
	 * What every exchange works with.
	 *
	 * @param inbox takes complete deliveries
	 * @param metrics counts answers
	 * @param answers writes them
	 * @param limits for the body
	 * @param memory that all bodies share
	 */
	record Parts(Inbox inbox, IntakeMetrics metrics, WebhookAnswers answers, BodyLimits limits, BodyMemory memory) {
	}

}
