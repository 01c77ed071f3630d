package dev.imagefactory.build;

/** The names of the states, as they stand in rows and answers. */
public enum StateName {

	/** Waits for its turn. */
	QUEUED,

	/** Is being handed to the engine. */
	SUBMITTING,

	/** The engine has it, and it waits for something. */
	WAITING,

	/** A step is at work. */
	RUNNING,

	/** The registry is being asked. */
	VERIFYING,

	/** Published. */
	SUCCEEDED,

	/** The gate said no. */
	REJECTED,

	/** The repository's fault. */
	FAILED,

	/** Our own or the platform's fault. */
	ERRORED,

	/** Took too long. */
	TIMED_OUT,

	/** Gone without a trace. */
	LOST,

	/** Somebody asked for it. */
	CANCELLED,

	/** A newer build made it pointless. */
	SUPERSEDED;

	/**
	 * Whether a build in this state may still change.
	 * @return false for end states
	 */
	public boolean isOpen() {
		return switch (this) {
			case QUEUED, SUBMITTING, WAITING, RUNNING, VERIFYING -> true;
			case SUCCEEDED, REJECTED, FAILED, ERRORED, TIMED_OUT, LOST, CANCELLED, SUPERSEDED -> false;
		};
	}

}
