package dev.imagefactory.build;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import org.jspecify.annotations.Nullable;

/** Where a build is; what it needs to know there is part of the state. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({ @JsonSubTypes.Type(value = BuildState.Queued.class, name = "QUEUED"),
		@JsonSubTypes.Type(value = BuildState.Submitting.class, name = "SUBMITTING"),
		@JsonSubTypes.Type(value = BuildState.Waiting.class, name = "WAITING"),
		@JsonSubTypes.Type(value = BuildState.Running.class, name = "RUNNING"),
		@JsonSubTypes.Type(value = BuildState.Verifying.class, name = "VERIFYING"),
		@JsonSubTypes.Type(value = BuildState.Succeeded.class, name = "SUCCEEDED"),
		@JsonSubTypes.Type(value = BuildState.Rejected.class, name = "REJECTED"),
		@JsonSubTypes.Type(value = BuildState.Failed.class, name = "FAILED"),
		@JsonSubTypes.Type(value = BuildState.Errored.class, name = "ERRORED"),
		@JsonSubTypes.Type(value = BuildState.TimedOut.class, name = "TIMED_OUT"),
		@JsonSubTypes.Type(value = BuildState.Lost.class, name = "LOST"),
		@JsonSubTypes.Type(value = BuildState.Cancelled.class, name = "CANCELLED"),
		@JsonSubTypes.Type(value = BuildState.Superseded.class, name = "SUPERSEDED") })
public sealed interface BuildState {

	/**
	 * The state's name in rows and answers.
	 * @return one of the contract's words
	 */
	@JsonIgnore
	default StateName name() {
		return switch (this) {
			case Queued queued -> StateName.QUEUED;
			case Submitting submitting -> StateName.SUBMITTING;
			case Waiting waiting -> StateName.WAITING;
			case Running running -> StateName.RUNNING;
			case Verifying verifying -> StateName.VERIFYING;
			case Succeeded succeeded -> StateName.SUCCEEDED;
			case Rejected rejected -> StateName.REJECTED;
			case Failed failed -> StateName.FAILED;
			case Errored errored -> StateName.ERRORED;
			case TimedOut timedOut -> StateName.TIMED_OUT;
			case Lost lost -> StateName.LOST;
			case Cancelled cancelled -> StateName.CANCELLED;
			case Superseded superseded -> StateName.SUPERSEDED;
		};
	}

	/**
	 * Why the build is there, as a word that programs can rely on.
	 * @return empty where the state says it all
	 */
	@JsonIgnore
	default Optional<String> why() {
		return switch (this) {
			case Waiting waiting -> Optional.of(waiting.reason());
			case Failed failed -> Optional.of(failed.reason());
			case Errored errored -> Optional.of(errored.reason());
			case Queued queued -> Optional.empty();
			case Submitting submitting -> Optional.ofNullable(submitting.putOff()).map(PutOff::reason);
			case Running running -> Optional.empty();
			case Verifying verifying ->
				Optional.ofNullable(verifying.trouble()).map((trouble) -> "registry-unreachable");
			case Succeeded succeeded -> Optional.empty();
			case Rejected rejected -> Optional.of("findings");
			case TimedOut timedOut -> Optional.empty();
			case Lost lost -> Optional.empty();
			case Cancelled cancelled -> Optional.empty();
			case Superseded superseded -> Optional.empty();
		};
	}

	/**
	 * Why the build is there, as a sentence for people.
	 * @return empty where the state says it all
	 */
	@JsonIgnore
	default Optional<String> explanation() {
		return switch (this) {
			case Waiting waiting -> Optional.of(waiting.detail());
			case Failed failed -> Optional.of(failed.detail());
			case Errored errored -> Optional.of(errored.detail());
			case Queued queued -> Optional.empty();
			case Submitting submitting -> Optional.ofNullable(submitting.putOff()).map(PutOff::detail);
			case Running running -> Optional.of("The " + running.step().wireName() + " step is at work.");
			case Verifying verifying -> Optional.ofNullable(verifying.trouble());
			case Succeeded succeeded -> Optional.empty();
			case Rejected rejected -> Optional.of(rejected.detail());
			case TimedOut timedOut -> Optional.of(timedOut.detail());
			case Lost lost -> Optional.of(lost.detail());
			case Cancelled cancelled -> Optional.ofNullable(cancelled.detail());
			case Superseded superseded -> Optional.of(superseded.detail());
		};
	}

	/** It is stored and waits for its turn. */
	record Queued() implements BuildState {
	}

	/**
	 * Its run is stored and is being handed to the engine.
	 *
	 * @param putOff why the engine does not take it for now; null when it just has not
	 * answered yet
	 */
	record Submitting(@Nullable PutOff putOff) implements BuildState {

		/** A run about which nothing was said yet. */
		public Submitting() {
			this(null);
		}

		/** Once for each reason: what is said of it the next time differs in numbers. */
		Optional<Submitting> because(PutOff why) {
			PutOff before = this.putOff;
			if (before == null) {
				return Optional.of(new Submitting(why));
			}
			return before.reason().equals(why.reason()) ? Optional.empty()
					: Optional.of(new Submitting(why.begun(before.neverBegun())));
		}

		Optional<Submitting> tried() {
			return Optional.ofNullable(this.putOff)
				.filter(PutOff::neverBegun)
				.map((before) -> new Submitting(before.begun(false)));
		}

		Optional<Submitting> taken() {
			return Optional.ofNullable(this.putOff).map((before) -> new Submitting());
		}

	}

	/**
	 * Why the engine takes no runs at a place until somebody changes something there.
	 *
	 * @param reason a word in kebab case
	 * @param detail a sentence that says what to do
	 * @param place the engine's name of the place
	 * @param neverBegun whether it is certain that the engine has not begun the run: all
	 * that it was ever asked for was refused
	 */
	record PutOff(String reason, String detail, String place, boolean neverBegun) {

		private PutOff begun(boolean never) {
			return new PutOff(this.reason, this.detail, this.place, never);
		}

	}

	/**
	 * The engine has the run, and it waits for something.
	 *
	 * @param reason a word in kebab case
	 * @param detail a sentence
	 */
	record Waiting(String reason, String detail) implements BuildState {
	}

	/**
	 * A step of the run is at work.
	 *
	 * @param step the step
	 */
	record Running(Step step) implements BuildState {
	}

	/**
	 * The run ended after its push may have begun: the registry is being asked.
	 *
	 * @param result how the run ended
	 * @param digest what it may have pushed; null when only the registry can tell
	 * @param misses how often the registry said that it has no such image
	 * @param trouble why the registry could not be asked, the last time
	 * @param adopted whether the image comes from an earlier build of the same order
	 */
	record Verifying(RunResult result, @Nullable Digest digest, int misses, @Nullable String trouble,
			boolean adopted) implements BuildState {

		boolean expects(Digest confirmed) {
			return this.digest == null || this.digest.equals(confirmed);
		}

		Verifying denied() {
			return new Verifying(this.result, this.digest, this.misses + 1, null, this.adopted);
		}

		Verifying troubled(String detail) {
			return new Verifying(this.result, this.digest, this.misses, detail, this.adopted);
		}

		Verifying adopting(Digest earlier) {
			return new Verifying(this.result, earlier, this.misses, this.trouble, true);
		}

	}

	/** A state that is never left. */
	sealed interface End extends BuildState {

	}

	/**
	 * The engine says so and the registry holds the digest.
	 *
	 * @param digest the published image
	 */
	record Succeeded(Digest digest) implements End {
	}

	/**
	 * The gate said no.
	 *
	 * @param detail what stopped it
	 */
	record Rejected(String detail) implements End {
	}

	/**
	 * The repository's fault.
	 *
	 * @param reason a word in kebab case
	 * @param detail a sentence that says what to do
	 */
	record Failed(String reason, String detail) implements End {
	}

	/**
	 * Our own or the platform's fault.
	 *
	 * @param reason a word in kebab case
	 * @param detail a sentence that says what to do
	 */
	record Errored(String reason, String detail) implements End {
	}

	/**
	 * It took longer than it may.
	 *
	 * @param detail which limit was passed
	 */
	record TimedOut(String detail) implements End {
	}

	/**
	 * The engine knows nothing of it any more and the registry has no image of it.
	 *
	 * @param detail how that was found out
	 */
	record Lost(String detail) implements End {
	}

	/**
	 * Somebody asked for it.
	 *
	 * @param detail where it was then
	 */
	record Cancelled(@Nullable String detail) implements End {
	}

	/**
	 * A newer build of the same image made it pointless while it was queued.
	 *
	 * @param detail which one
	 */
	record Superseded(String detail) implements End {
	}

}
