package dev.imagefactory.engine.local;

/** This process must not write to the run any more; somebody else goes on with it. */
class RunGivenUp extends RuntimeException {

	/**
	 * Creates the signal.
	 * @param message why
	 */
	RunGivenUp(String message) {
		super(message);
	}

}
