package dev.imagefactory.git;

/** How one commit stands to another in the history of a repository. */
public enum Ancestry {

	/** It is the other commit. */
	SAME,

	/** The other commit came after it and contains it. */
	ANCESTOR,

	/** It came after the other commit and contains it. */
	DESCENDANT,

	/** Neither contains the other: they are on different lines, or share nothing. */
	UNRELATED,

	/**
	 * The repository answered, but does not show enough of its history to tell: a commit
	 * is gone or not there yet, or the history is cut off.
	 */
	UNKNOWN

}
