package dev.imagefactory.publication;

/** What came of pointing tags at an image. */
public sealed interface Pointing {

	/** All of them point there. */
	record Done() implements Pointing {
	}

	/**
	 * The registry answered that it will not.
	 *
	 * @param detail why
	 */
	record Refused(String detail) implements Pointing {
	}

	/**
	 * It did not answer, or asked to come back later.
	 *
	 * @param detail why
	 */
	record Silent(String detail) implements Pointing {
	}

}
