package dev.imagefactory.build;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.pipeline.Trigger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at an order.
 *
 * @param id its id, which names its run too
 * @param order what was asked for
 * @param attempt which attempt it is, from 1
 * @param byPush whether a push made this attempt, and nobody asked for it
 * @param state where it is
 * @param tags the tags it pushes; until the claim, those the order wants; once it
 * succeeded, those that point at its image
 * @param image what is known of its image
 * @param steps the steps of its run, in order
 * @param cancel who asked to end it, and when
 * @param engine the engine that runs it, from the claim on
 * @param times when it was made, began and ended
 * @param version counts the stored changes, so that nobody overwrites another's
 */
public record Build(BuildId id, BuildOrder order, int attempt, boolean byPush, BuildState state, List<ImageTag> tags,
		Product image, List<StepStatus> steps, @Nullable CancelRequest cancel, @Nullable String engine, Times times,
		int version) {

	public Build {
		tags = List.copyOf(tags);
		steps = List.copyOf(steps);
	}

	/**
	 * A new attempt at an order, queued.
	 * @param id its id
	 * @param order what was asked for
	 * @param attempt which attempt it is, from 1
	 * @param at now
	 * @return the build, not yet stored
	 */
	public static Build queued(BuildId id, BuildOrder order, int attempt, Instant at) {
		return queued(id, order, attempt, attempt == 1 && order.key().trigger() == Trigger.MAIN, at);
	}

	private static Build queued(BuildId id, BuildOrder order, int attempt, boolean byPush, Instant at) {
		List<StepStatus> steps = Stream.of(Step.values()).map(StepStatus::pending).toList();
		return new Build(id, order, attempt, byPush, new BuildState.Queued(), order.recipe().tags(), Product.none(),
				steps, null, null, new Times(at, null, null), 0);
	}

	/**
	 * The next attempt at the same order, queued, because somebody asks for it.
	 * @param now the time
	 * @return the build, with an id of its own, not yet stored
	 */
	public Build again(Instant now) {
		return queued(BuildId.next(now), this.order, this.attempt + 1, now);
	}

	/**
	 * The next attempt at the order of a push, queued, because another push asks for it.
	 * @param now the time
	 * @return the build, with an id of its own, not yet stored
	 */
	public Build againByPush(Instant now) {
		return queued(BuildId.next(now), this.order, this.attempt + 1, true, now);
	}

	/**
	 * Whether it may still change.
	 * @return false in an end state
	 */
	public boolean isOpen() {
		return this.state.name().isOpen();
	}

	/**
	 * Whether it is the queued build of a push, which a newer push makes pointless. A
	 * rerun is not: somebody asked for it.
	 * @return false for everything that is built whatever else happens
	 */
	public boolean isQueuedPush() {
		return this.state instanceof BuildState.Queued && this.byPush && !this.order.recipe().bulk();
	}

	/**
	 * The same build with what the engine says of its steps.
	 * @param seen the steps, in order
	 * @return the changed build
	 */
	public Build withSteps(List<StepStatus> seen) {
		return new Build(this.id, this.order, this.attempt, this.byPush, this.state, this.tags, this.image, seen,
				this.cancel, this.engine, this.times, this.version);
	}

	Build withState(BuildState next, Times changed) {
		return new Build(this.id, this.order, this.attempt, this.byPush, next, this.tags, this.image, this.steps,
				this.cancel, this.engine, changed, this.version);
	}

	Build withImage(Product changed) {
		return new Build(this.id, this.order, this.attempt, this.byPush, this.state, this.tags, changed, this.steps,
				this.cancel, this.engine, this.times, this.version);
	}

	Build without(List<ImageTag> left) {
		List<ImageTag> kept = this.tags.stream().filter((tag) -> !left.contains(tag)).toList();
		return new Build(this.id, this.order, this.attempt, this.byPush, this.state, kept, this.image, this.steps,
				this.cancel, this.engine, this.times, this.version);
	}

	Build withCancel(CancelRequest asked) {
		return new Build(this.id, this.order, this.attempt, this.byPush, this.state, this.tags, this.image, this.steps,
				asked, this.engine, this.times, this.version);
	}

	Build missedSince(@Nullable Instant since) {
		return withState(this.state, this.times.missed(since));
	}

	Build withClaim(List<ImageTag> held, String runner) {
		return new Build(this.id, this.order, this.attempt, this.byPush, this.state, held, this.image, this.steps,
				this.cancel, runner, this.times, this.version);
	}

	/**
	 * What is known of a build's image.
	 *
	 * @param digest the image, once the registry confirmed it
	 * @param adopted whether an earlier build of the same order made it
	 * @param scan its scan, once there was one
	 */
	public record Product(@Nullable Digest digest, boolean adopted, @Nullable ScanSummary scan) {

		static Product none() {
			return new Product(null, false, null);
		}

	}

	/**
	 * A request to end a build.
	 *
	 * @param at when it was asked
	 * @param by who asked
	 */
	public record CancelRequest(Instant at, String by) {
	}

	/**
	 * When a build was made, began and ended.
	 *
	 * @param createdAt when it was queued
	 * @param startedAt when it was claimed
	 * @param finishedAt when it reached its end state
	 * @param missedAt since when the engine says that it does not know the run
	 */
	public record Times(Instant createdAt, @Nullable Instant startedAt, @Nullable Instant finishedAt,
			@Nullable Instant missedAt) {

		/**
		 * The times of a run that nobody misses.
		 * @param createdAt when the build was queued
		 * @param startedAt when it was claimed
		 * @param finishedAt when it reached its end state
		 */
		public Times(Instant createdAt, @Nullable Instant startedAt, @Nullable Instant finishedAt) {
			this(createdAt, startedAt, finishedAt, null);
		}

		Times missed(@Nullable Instant since) {
			return new Times(this.createdAt, this.startedAt, this.finishedAt, since);
		}

	}

}
