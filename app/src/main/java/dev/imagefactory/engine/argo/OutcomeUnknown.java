package dev.imagefactory.engine.argo;

import dev.imagefactory.engine.EngineUnavailable;

/** A request was sent and not answered: it may have been carried out, or may yet be. */
class OutcomeUnknown extends EngineUnavailable {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	OutcomeUnknown(String message, Throwable cause) {
		super(message, cause);
	}

}
