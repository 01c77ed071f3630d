package dev.imagefactory.image;

import java.util.Locale;

/** How a tag may move; its wire name appears in rows and answers. */
public enum TagClass {

	/** Written once, never moved. */
	RELEASE,

	/** A numbered later build of a published release, written once. */
	REBUILD,

	/** Names its commit; only a later attempt of the same commit moves it. */
	PINNED,

	/** Follows something, such as the newest commit of a branch. */
	FLOATING;

	/**
	 * The name used in rows and answers.
	 * @return such as {@code release}
	 */
	public String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Whether a tag of this class may never point at another image than its first.
	 * @return true for release and rebuild tags
	 */
	public boolean isWrittenOnce() {
		return switch (this) {
			case RELEASE, REBUILD -> true;
			case PINNED, FLOATING -> false;
		};
	}

}
