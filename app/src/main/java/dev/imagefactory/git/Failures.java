package dev.imagefactory.git;

import java.util.Optional;
import java.util.stream.Stream;

/** Reads failures of others. */
final class Failures {

	private static final int LONGEST = 300;

	private Failures() {
	}

	/**
	 * Looks for a kind of failure behind another.
	 * @param failure the outermost failure
	 * @param type the kind
	 * @param <T> the kind
	 * @return the first of that kind
	 */
	static <T extends Throwable> Optional<T> behind(Throwable failure, Class<T> type) {
		return chain(failure).filter(type::isInstance).map(type::cast).findFirst();
	}

	/**
	 * A failure with everything behind it.
	 * @param failure the outermost failure
	 * @return at most ten failures, outermost first
	 */
	static Stream<Throwable> chain(Throwable failure) {
		return Stream.iterate(failure, (link) -> link != null, Throwable::getCause).limit(10);
	}

	/**
	 * What a failure says, fit for one line; servers may have written parts of it.
	 * @param failure the failure
	 * @return its message without control characters, cut when long
	 */
	static String words(Throwable failure) {
		String message = failure.getMessage();
		String text = (message != null) ? message : failure.getClass().getSimpleName();
		String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
		return (line.length() > LONGEST) ? line.substring(0, LONGEST) + "..." : line;
	}

}
