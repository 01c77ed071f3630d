package dev.imagefactory.planning;

import dev.imagefactory.build.Build;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Trigger;
import org.jspecify.annotations.Nullable;

/**
 * An order that a wish led to.
 *
 * @param order the order
 * @param build the build that was made for this wish; null when the order is from before
 */
record Ordered(BuildOrder order, @Nullable Build build) {

	/** Whether something was made for this wish. */
	boolean isNew() {
		return this.build != null;
	}

	/** Whether a branch's floating tag is to come back to an image of before. */
	boolean isReturn() {
		return isNew() && this.order.key().trigger() == Trigger.MAIN && this.order.recipe().kind() == OrderKind.RETAG;
	}

	/** Whether only the build was made, the order being from before. */
	boolean isAgain() {
		return this.build != null && this.build.attempt() > 1;
	}

}
