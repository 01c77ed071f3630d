package dev.imagefactory.intake;

import java.util.function.Supplier;

/**
 * Says of the present thread that somebody waits for its answer, and would rather hear
 * soon that the database is silent than late that it was. Whoever opens connections asks.
 */
public final class Patience {

	private static final ThreadLocal<Boolean> SHORT = ThreadLocal.withInitial(() -> Boolean.FALSE);

	private Patience() {
	}

	/**
	 * Does work for somebody who waits.
	 * @param work the work
	 * @return its result
	 */
	public static <T> T shortly(Supplier<T> work) {
		boolean before = SHORT.get();
		SHORT.set(Boolean.TRUE);
		try {
			return work.get();
		}
		finally {
			SHORT.set(before);
		}
	}

	/**
	 * Whether somebody waits for what this thread does.
	 * @return true within {@link #shortly}
	 */
	public static boolean isShort() {
		return SHORT.get();
	}

}
