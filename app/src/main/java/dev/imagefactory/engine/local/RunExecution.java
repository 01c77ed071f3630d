package dev.imagefactory.engine.local;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

import dev.imagefactory.engine.StepLogs.StepLog;
import dev.imagefactory.engine.local.StopSignal.Cause;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one run: clone, build, scan, push, its end written down. Each step is
 * written down before it begins, and the digest before it is pushed.
 */
final class RunExecution {

	/** How often a run is begun before we stop believing that it will ever end. */
	static final int MOST_STARTS = 5;

	private static final Logger logger = LoggerFactory.getLogger(RunExecution.class);

	private final LiveRun live;

	private final Tools tools;

	private final RunSteps steps;

	private final StepFailures failures;

	private @Nullable Step current;

	/**
	 * Creates the execution of a run; its claimer calls it once.
	 * @param live the run
	 * @param tools what to work with
	 * @param commands how to run programs
	 */
	RunExecution(LiveRun live, Tools tools, Commands commands) {
		this.live = live;
		this.tools = tools;
		this.steps = new RunSteps(live.run(), tools, commands, () -> live.signal().cause() != null);
		this.failures = new StepFailures(live.build(), tools.diskFull());
	}

	/**
	 * Carries the run out and writes down how it ended.
	 * @throws RunGivenUp when the run is not ours any more; nothing more is written then
	 */
	void carryOut() {
		end(result());
	}

	private RunResult result() {
		try {
			return fromWhereItStood();
		}
		catch (InterruptedException ex) {
			return interrupted();
		}
		catch (RunGivenUp ex) {
			throw ex;
		}
		catch (StepFailure ex) {
			return ex.result();
		}
		catch (Throwable ex) {
			return this.failures.explain(ex).result();
		}
	}

	private RunResult fromWhereItStood() throws InterruptedException {
		if (this.live.progress().starts() >= MOST_STARTS) {
			return new RunResult.Errored("interrupted-too-often", "The build was begun " + MOST_STARTS
					+ " times and interrupted each time, because the service ended or lost its database. See the service's log, then start the build again");
		}
		this.live.update(RunProgress::started);
		Digest published = this.live.run().order().recipe().digest();
		if (published != null) {
			return retag(published);
		}
		RunResult resumed = resume();
		return (resumed != null) ? resumed : fromTheClone();
	}

	/** Pointing tags at an image once more changes nothing, so it always begins anew. */
	private RunResult retag(Digest digest) throws InterruptedException {
		this.current = Step.PUSH;
		this.live.update((now) -> now.begun(Step.PUSH, this.tools.clock().instant()).pushing(digest, null));
		publish(digest, (log) -> this.steps.retag(digest, log, this.live::confirm));
		return new RunResult.Succeeded(digest, ScanSummary.unscanned());
	}

	private RunResult fromTheClone() throws InterruptedException {
		this.live.update(RunProgress::restarted);
		Instant commitTime = step(Step.CLONE, this.steps::fetch);
		Digest digest = step(Step.BUILD, (log) -> this.steps.build(commitTime, log));
		ScanSummary scan = scan(digest);
		return push(digest, scan);
	}

	/** Goes on at the push when an earlier start had come that far. */
	private @Nullable RunResult resume() throws InterruptedException {
		RunProgress before = this.live.progress();
		Digest digest = before.pushing();
		ScanSummary scan = before.scan();
		if (digest == null || scan == null) {
			return null;
		}
		begin(Step.PUSH);
		return switch (guarded(Step.PUSH, (log) -> this.steps.arrival(digest, log))) {
			case TAGGED -> new RunResult.Succeeded(digest, scan);
			case UNTAGGED -> complete(digest, scan);
			case ABSENT -> this.steps.isBuilt(digest) ? push(digest, scan) : null;
		};
	}

	/**
	 * What the registry holds must not be built again, even where this process has no
	 * files of it: another image would find its release's tag taken by the first.
	 */
	private RunResult complete(Digest digest, ScanSummary scan) throws InterruptedException {
		publish(digest, (log) -> this.steps.retag(digest, log, this.live::confirm));
		return new RunResult.Succeeded(digest, scan);
	}

	private ScanSummary scan(Digest digest) throws InterruptedException {
		begin(Step.SCAN);
		ScanSummary scan = guarded(Step.SCAN, (log) -> this.steps.scan(digest, log));
		if (scan.verdict() == ScanVerdict.UNSCANNED) {
			done(Step.SCAN, StepState.SKIPPED,
					"There is no scanner on this host. Install Trivy to have images scanned");
		}
		else {
			done(Step.SCAN, StepState.SUCCEEDED, null);
		}
		return scan;
	}

	/** The digest is stored before anything of it can reach the registry. */
	private RunResult push(Digest digest, ScanSummary scan) throws InterruptedException {
		this.current = Step.PUSH;
		this.live.update((now) -> now.begun(Step.PUSH, this.tools.clock().instant()).pushing(digest, scan));
		publish(digest, (log) -> this.steps.push(digest, log, this.live::confirm));
		return new RunResult.Succeeded(digest, scan);
	}

	/**
	 * A process that was frozen in its push may have set back what others moved since.
	 */
	private void publish(Digest digest, StepWork<Digest> work) throws InterruptedException {
		try {
			guarded(Step.PUSH, work);
		}
		catch (InterruptedException ex) {
			if (this.live.signal().cause() == Cause.LEASE_LOST) {
				this.steps.putBack(digest);
			}
			throw ex;
		}
	}

	private <T> T step(Step step, StepWork<T> work) throws InterruptedException {
		begin(step);
		T result = guarded(step, work);
		done(step, StepState.SUCCEEDED, null);
		return result;
	}

	private void begin(Step step) {
		this.current = step;
		this.live.update((now) -> now.begun(step, this.tools.clock().instant()));
	}

	private void done(Step step, StepState state, @Nullable String message) {
		this.live.update((now) -> now.done(step, state, this.tools.clock().instant(), message));
	}

	private <T> T guarded(Step step, StepWork<T> work) throws InterruptedException {
		try (StepLog log = this.tools.logs().open(this.live.build(), step)) {
			return explained(log, work);
		}
	}

	/** Whatever fails after the signal was raised failed because of it. */
	private <T> T explained(StepLog log, StepWork<T> work) throws InterruptedException {
		try {
			return this.live.signal().interruptibly(() -> work.carryOut(log));
		}
		catch (InterruptedException ex) {
			log.line("Interrupted");
			throw ex;
		}
		catch (RuntimeException ex) {
			if (this.live.signal().cause() != null) {
				log.line("Interrupted");
				throw new InterruptedException(ex.getMessage());
			}
			StepFailure failure = this.failures.explain(ex);
			log.line(Optional.ofNullable(failure.getMessage()).orElse(""));
			throw failure;
		}
	}

	private RunResult interrupted() {
		Cause cause = this.live.signal().cause();
		String where = (this.current != null) ? "in step " + this.current.wireName() : "before its first step";
		return switch (cause) {
			case null -> this.failures.explain(new IllegalStateException("Interrupted by nobody, " + where)).result();
			case ASKED -> new RunResult.Stopped("Stopped " + where);
			case TIMED_OUT ->
				new RunResult.TimedOut("The build took longer than " + words(this.live.run().limits().timeout())
						+ " and was ended " + where + ". Make it faster, or raise image-factory.build.timeout");
			case LEASE_LOST, SHUTDOWN -> throw new RunGivenUp(this.live.build() + " was given up " + where);
		};
	}

	/** As settings are written, such as {@code 1h30m}. */
	private static String words(Duration limit) {
		return limit.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
	}

	/**
	 * Writes down how the run ended. On a full disk its files go first, so that there is
	 * room to write.
	 * @param result how it ended
	 */
	void end(RunResult result) {
		if (this.tools.diskFull().getAsBoolean()) {
			cleanUp();
		}
		this.tools.logs().complete(this.live.build());
		this.live.update((now) -> now.ended(RunDetails.bounded(result), this.tools.clock().instant()));
		logger.info("{} ended: {}", this.live.build(), result.getClass().getSimpleName());
		cleanUp();
	}

	private void cleanUp() {
		try {
			this.steps.cleanUp();
		}
		catch (UncheckedIOException ex) {
			logger.warn("Cannot remove the files of {}; release tries again: {}", this.live.build(), ex.getMessage());
		}
	}

	/**
	 * The work of a step.
	 *
	 * @param <T> what it gives
	 */
	@FunctionalInterface
	private interface StepWork<T> {

		T carryOut(StepLog log) throws InterruptedException;

	}

}
