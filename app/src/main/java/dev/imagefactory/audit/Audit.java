package dev.imagefactory.audit;

/** Records who did what; joins the caller's transaction. */
public interface Audit {

	/**
	 * Adds a row.
	 * @param actor who, such as {@code admin}
	 * @param action what, such as {@code build.cancel}
	 * @param subject on what, such as a build's id
	 * @param detail anything else worth knowing, never a secret
	 */
	void record(String actor, String action, String subject, String detail);

}
