package dev.imagefactory.github;

/**
 * JSON that is not what its event promises. The message names the path, the kind of value
 * that was found and what is expected, never the value.
 */
public class WrongShape extends RuntimeException {

	private final String path;

	/**
	 * Creates the refusal of one value.
	 * @param path where it stands, such as {@code release.tag_name}; {@code $} is the
	 * root
	 * @param found the kind of value found, such as {@code a number}
	 * @param expected what has to be there
	 */
	WrongShape(String path, String found, String expected) {
		super("%s: found %s, expected %s".formatted(path, found, expected));
		this.path = path;
	}

	/**
	 * Where the wrong value stands.
	 * @return such as {@code release.tag_name}
	 */
	public String path() {
		return this.path;
	}

}
