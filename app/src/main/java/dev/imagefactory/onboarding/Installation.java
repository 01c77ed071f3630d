package dev.imagefactory.onboarding;

/** This installation, told from others that share its cluster. */
public interface Installation {

	/**
	 * Its id.
	 * @return a ULID, made at the first start on a database and never changed
	 */
	String id();

}
