package dev.imagefactory.planning;

import dev.imagefactory.pipeline.BuildOrder;

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
	 * What is ordered already is to be done once more.
	 *
	 * @param wish what
	 */
	record Again(Wish wish) implements Planned {
	}

	/**
	 * A push was ordered before, and its commit is not its branch's head, or not shown as
	 * that yet: then there is nothing more to be done than to find its order.
	 *
	 * @param wish what
	 * @param before its order
	 */
	record NotHead(Wish wish, BuildOrder before) implements Planned {

		/** Says that the repository is asked once more, in a sentence. */
		String detail() {
			return "Commit %s was ordered before, and is not the head of %s; the repository is asked once more, because a branch that was just reset may show that late."
				.formatted(this.wish.commit(), this.wish.ref());
		}

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
