package dev.imagefactory.planning;

/** What was asked for cannot be built, for a reason of the contract. */
class PlanningFailure extends RuntimeException {

	private final String reason;

	/**
	 * Creates the failure.
	 * @param reason one of the contract's failed reasons
	 * @param detail a sentence that says what to do
	 */
	PlanningFailure(String reason, String detail) {
		super(detail);
		this.reason = reason;
	}

	/**
	 * The reason.
	 * @return one of the contract's failed reasons
	 */
	String reason() {
		return this.reason;
	}

	/**
	 * What to do.
	 * @return a sentence
	 */
	String detail() {
		return String.valueOf(getMessage());
	}

}
