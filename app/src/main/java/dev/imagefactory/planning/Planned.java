package dev.imagefactory.planning;

/** What a delivery comes to once the repository was asked. */
sealed interface Planned {

	/**
	 * Something is to be ordered.
	 *
	 * @param wish what
	 */
	record Order(Wish wish) implements Planned {
	}

	/**
	 * A promotion has nothing to do.
	 *
	 * @param detail why, in a sentence
	 */
	record Nothing(String detail) implements Planned {
	}

	/**
	 * It cannot be decided yet; ask again.
	 *
	 * @param detail what it waits for, in a sentence
	 */
	record Later(String detail) implements Planned {
	}

}
