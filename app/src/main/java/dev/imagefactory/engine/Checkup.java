package dev.imagefactory.engine;

import java.util.List;

/** Looks whether an engine finds what it needs, and changes nothing. */
@FunctionalInterface
public interface Checkup {

	/**
	 * Looks. What cannot be seen is a check that says so: it does not fail, and it has an
	 * end of its own after a few seconds.
	 * @return what was looked at, in an order for people
	 */
	List<Check> checks();

}
