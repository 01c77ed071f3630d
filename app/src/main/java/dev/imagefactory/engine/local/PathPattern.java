package dev.imagefactory.engine.local;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern for paths as Docker uses it: {@code *}, {@code ?} and {@code [a-z]} within
 * one name, {@code **} for any number of folders.
 */
final class PathPattern {

	private final Pattern pattern;

	private PathPattern(Pattern pattern) {
		this.pattern = pattern;
	}

	/**
	 * Reads a pattern.
	 * @param text the pattern, its names separated by {@code /}
	 * @return the pattern
	 * @throws IllegalArgumentException when a bracket is not closed or empty
	 */
	static PathPattern of(String text) {
		StringBuilder regex = new StringBuilder();
		int at = 0;
		while (at < text.length()) {
			char character = text.charAt(at);
			if (text.startsWith("**", at)) {
				at += 2;
				boolean folders = at < text.length() && text.charAt(at) == '/';
				at += folders ? 1 : 0;
				regex.append(folders ? "(?:.*/)?" : ".*");
			}
			else if (character == '[') {
				at = characters(text, at, regex);
			}
			else {
				at += literal(text, at, regex);
			}
		}
		try {
			return new PathPattern(Pattern.compile(regex.toString(), Pattern.DOTALL));
		}
		catch (PatternSyntaxException ex) {
			throw new IllegalArgumentException("'%s' is not a path pattern".formatted(text), ex);
		}
	}

	/**
	 * Whether a text is more than a plain path.
	 * @param text the text
	 * @return whether it has a character that patterns use
	 */
	static boolean isPattern(String text) {
		return text.chars().anyMatch((character) -> "*?[\\".indexOf(character) >= 0);
	}

	private static int literal(String text, int at, StringBuilder regex) {
		char character = text.charAt(at);
		if (character == '*') {
			regex.append("[^/]*");
			return 1;
		}
		if (character == '?') {
			regex.append("[^/]");
			return 1;
		}
		boolean escaped = character == '\\' && at + 1 < text.length();
		regex.append(Pattern.quote(String.valueOf(text.charAt(escaped ? at + 1 : at))));
		return escaped ? 2 : 1;
	}

	private static int characters(String text, int start, StringBuilder regex) {
		int at = start + 1;
		boolean not = at < text.length() && text.charAt(at) == '^';
		regex.append(not ? "[^/" : "[");
		at += not ? 1 : 0;
		int first = at;
		while (at < text.length() && text.charAt(at) != ']') {
			at += (text.charAt(at) == '\\') ? 1 : 0;
			if (at >= text.length()) {
				break;
			}
			char character = text.charAt(at++);
			boolean range = character == '-' && at - 1 > first;
			regex.append(range ? "-" : "\\x{" + Integer.toHexString(character) + "}");
		}
		if (at >= text.length() || at == first) {
			throw new IllegalArgumentException("'%s' has a bracket that is empty or not closed".formatted(text));
		}
		regex.append(']');
		return at + 1;
	}

	/**
	 * Compares a path.
	 * @param path the path, its names separated by {@code /}
	 * @return whether the whole path matches
	 */
	boolean matches(String path) {
		return this.pattern.matcher(path).matches();
	}

}
