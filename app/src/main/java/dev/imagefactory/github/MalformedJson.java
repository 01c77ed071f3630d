package dev.imagefactory.github;

/**
 * A body that is not the strict JSON that we read. The message says where and what kind
 * of thing is wrong, never what stands there.
 */
public class MalformedJson extends RuntimeException {

	/**
	 * Creates the refusal of a body.
	 * @param message where and what
	 */
	MalformedJson(String message) {
		super(message);
	}

}
