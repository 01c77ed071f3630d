package dev.imagefactory.engine.local;

import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

/**
 * How far a run has come, as its owner writes it down.
 *
 * @param starts how often it was begun
 * @param phase where it is
 * @param steps its four steps, in order
 * @param pushing the digest that is pushed or about to be, once a push had begun
 * @param scan the scan of that image
 * @param children the child processes that may live
 */
public record RunProgress(int starts, RunPhase phase, List<StepStatus> steps, @Nullable Digest pushing,
		@Nullable ScanSummary scan, List<ChildProcess> children) {

	private static final int LONGEST_MESSAGE = 1000;

	public RunProgress {
		steps = List.copyOf(steps);
		children = List.copyOf(children);
	}

	/**
	 * A run that was never begun.
	 * @param phase why it waits
	 * @param kind what it does; a re-tag has the step push only
	 * @return its progress
	 */
	static RunProgress fresh(RunPhase phase, OrderKind kind) {
		List<StepStatus> steps = switch (kind) {
			case BUILD -> pendingSteps();
			case RETAG -> Stream.of(Step.values()).map(RunProgress::onlyPush).toList();
		};
		return new RunProgress(0, phase, steps, null, null, List.of());
	}

	private static List<StepStatus> pendingSteps() {
		return Stream.of(Step.values()).map(StepStatus::pending).toList();
	}

	private static StepStatus onlyPush(Step step) {
		return (step == Step.PUSH) ? StepStatus.pending(step) : new StepStatus(step, StepState.SKIPPED, null, null,
				"Not needed: the image is published, and only gains tags");
	}

	/**
	 * It waits.
	 * @param waiting for what
	 * @return the new progress
	 */
	RunProgress waiting(RunPhase.Waiting waiting) {
		return new RunProgress(this.starts, waiting, this.steps, this.pushing, this.scan, this.children);
	}

	/**
	 * It is begun once more; the children of an earlier start are dead.
	 * @return the new progress
	 */
	RunProgress started() {
		return new RunProgress(this.starts + 1, this.phase, this.steps, this.pushing, this.scan, List.of());
	}

	/**
	 * It begins at the clone. What an earlier start was about to push stays named until
	 * something else is pushed, so that the registry is asked for it in the end.
	 * @return the new progress
	 */
	RunProgress restarted() {
		return new RunProgress(this.starts, this.phase, pendingSteps(), this.pushing, this.scan, this.children);
	}

	/**
	 * A step begins.
	 * @param step the step
	 * @param at when
	 * @return the new progress
	 */
	RunProgress begun(Step step, Instant at) {
		StepStatus running = new StepStatus(step, StepState.RUNNING, at, null, null);
		return new RunProgress(this.starts, new RunPhase.Running(step), with(running), this.pushing, this.scan,
				this.children);
	}

	/**
	 * A step is over.
	 * @param step the step
	 * @param state how it ended
	 * @param at when
	 * @param message why, if there is something to say
	 * @return the new progress
	 */
	RunProgress done(Step step, StepState state, Instant at, @Nullable String message) {
		Instant since = this.steps.get(step.ordinal()).startedAt();
		StepStatus done = new StepStatus(step, state, since, at, cut(message));
		return new RunProgress(this.starts, this.phase, with(done), this.pushing, this.scan, this.children);
	}

	/**
	 * The push is about to begin.
	 * @param digest what is pushed
	 * @param scanned its scan; null when the image is published and only gains tags
	 * @return the new progress
	 */
	RunProgress pushing(Digest digest, @Nullable ScanSummary scanned) {
		return new RunProgress(this.starts, this.phase, this.steps, digest, scanned, this.children);
	}

	/**
	 * A child process began.
	 * @param child the child
	 * @return the new progress
	 */
	RunProgress with(ChildProcess child) {
		List<ChildProcess> more = Stream.concat(this.children.stream(), Stream.of(child)).toList();
		return new RunProgress(this.starts, this.phase, this.steps, this.pushing, this.scan, more);
	}

	/**
	 * A child process is dead.
	 * @param child the child
	 * @return the new progress
	 */
	RunProgress without(ChildProcess child) {
		List<ChildProcess> fewer = this.children.stream().filter((living) -> !living.equals(child)).toList();
		return new RunProgress(this.starts, this.phase, this.steps, this.pushing, this.scan, fewer);
	}

	/**
	 * It is over: a step at work ended as the run did, steps not reached are left out.
	 * @param result how it ended
	 * @param at when
	 * @return the new progress
	 */
	RunProgress ended(RunResult result, Instant at) {
		boolean good = result instanceof RunResult.Succeeded;
		String detail = cut(RunDetails.of(result));
		UnaryOperator<StepStatus> close = (status) -> switch (status.state()) {
			case RUNNING -> new StepStatus(status.step(), good ? StepState.SUCCEEDED : StepState.FAILED,
					status.startedAt(), at, detail);
			case PENDING ->
				new StepStatus(status.step(), StepState.SKIPPED, null, null, "Not reached: the run ended before it");
			case SUCCEEDED, FAILED, SKIPPED -> status;
		};
		return new RunProgress(this.starts, new RunPhase.Ended(result, this.pushing),
				this.steps.stream().map(close).toList(), this.pushing, this.scan, List.of());
	}

	/**
	 * The image that passed the scan, as the engine's status tells it.
	 * @return null before the push is about to begin, and for a re-tag
	 */
	public @Nullable ScannedImage scanned() {
		return (this.pushing != null && this.scan != null) ? new ScannedImage(this.pushing, this.scan) : null;
	}

	/**
	 * Whether it is over.
	 * @return true when nothing will change any more
	 */
	public boolean isEnded() {
		return this.phase instanceof RunPhase.Ended;
	}

	private List<StepStatus> with(StepStatus changed) {
		return this.steps.stream().map((status) -> (status.step() == changed.step()) ? changed : status).toList();
	}

	private static @Nullable String cut(@Nullable String message) {
		return (message == null || message.length() <= LONGEST_MESSAGE) ? message
				: message.substring(0, LONGEST_MESSAGE) + "...";
	}

}
