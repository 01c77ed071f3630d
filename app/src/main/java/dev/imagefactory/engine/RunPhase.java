package dev.imagefactory.engine;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import org.jspecify.annotations.Nullable;

/** Where a run is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({ @JsonSubTypes.Type(value = RunPhase.Waiting.class, name = "waiting"),
		@JsonSubTypes.Type(value = RunPhase.Running.class, name = "running"),
		@JsonSubTypes.Type(value = RunPhase.Ended.class, name = "ended") })
public sealed interface RunPhase {

	/**
	 * Nothing moves until something else happens.
	 *
	 * @param reason a word in kebab case that programs can rely on
	 * @param detail a sentence for people
	 */
	record Waiting(String reason, String detail) implements RunPhase {
	}

	/**
	 * A step is at work.
	 *
	 * @param step the step
	 */
	record Running(Step step) implements RunPhase {
	}

	/**
	 * It is over.
	 *
	 * @param result how it ended
	 * @param digest what it pushed or was about to push, when a push had begun: then the
	 * registry is asked whatever the result; null when no push had begun
	 */
	record Ended(RunResult result, @Nullable Digest digest) implements RunPhase {
	}

}
