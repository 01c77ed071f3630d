package dev.imagefactory.image;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.imagefactory.source.InvalidValue;

/**
 * Maps the name of a git tag to the tag of its image, injectively: two git tags never
 * share an image tag. A name that is a tag already stays as it is; any other byte becomes
 * {@code _x<2 hex>}, and so does an underscore that would read as such an escape.
 */
public final class ReleaseTags {

	private static final Pattern ESCAPE = Pattern.compile("x[0-9a-f]{2}");

	private static final Pattern RESERVED = Pattern.compile("dev|latest|(?:sha|dev)-[0-9a-f]{12}|.*-rebuild\\.[0-9]+");

	private ReleaseTags() {
	}

	/**
	 * Maps a git tag's name.
	 * @param gitTag the tag's own name, without {@code refs/tags/}
	 * @return the release tag of the image
	 * @throws InvalidValue when the result would be longer than a registry takes
	 */
	public static ImageTag of(String gitTag) {
		byte[] bytes = utf8(gitTag);
		StringBuilder tag = new StringBuilder(bytes.length);
		for (int i = 0; i < bytes.length; i++) {
			char character = (char) (bytes[i] & 0xff);
			if (isPlain(character, i == 0) && !startsEscape(bytes, i)) {
				tag.append(character);
			}
			else {
				tag.append(String.format(Locale.ROOT, "_x%02x", (int) character));
			}
		}
		if (!ImageTag.isTag(tag.toString())) {
			throw new InvalidValue("release tag", gitTag, "its image tag would not be 1 to 128 characters long");
		}
		return ImageTag.release(tag.toString());
	}

	/**
	 * Whether a release tag reads as one of the classes that we name ourselves.
	 * @param tag a release's tag
	 * @return true for {@code dev}, {@code latest}, {@code sha-<12 hex>},
	 * {@code dev-<12 hex>} and {@code *-rebuild.<n>}
	 */
	public static boolean isReserved(ImageTag tag) {
		return RESERVED.matcher(tag.name()).matches();
	}

	private static boolean isPlain(char character, boolean first) {
		boolean word = character == '_' || character >= '0' && character <= '9' || character >= 'a' && character <= 'z'
				|| character >= 'A' && character <= 'Z';
		return word || !first && (character == '.' || character == '-');
	}

	private static boolean startsEscape(byte[] bytes, int at) {
		if (bytes[at] != '_' || at + 3 >= bytes.length) {
			return false;
		}
		return ESCAPE.matcher(new String(bytes, at + 1, 3, StandardCharsets.ISO_8859_1)).matches();
	}

	private static byte[] utf8(String text) {
		try {
			ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			return bytes;
		}
		catch (CharacterCodingException ex) {
			throw new InvalidValue("release tag", text, "expected text that UTF-8 can express");
		}
	}

}
