package dev.imagefactory.github;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/**
 * The few fields of a payload that anybody reads, whatever their types, by path; the rest
 * was checked and forgotten.
 */
final class PayloadFields {

	private static final String ROOT = "$";

	private static final Set<String> SCALARS = Set.of("action", "ref", "after", "deleted");

	private static final Map<String, Set<String>> OBJECTS = Map.of("release", Set.of("tag_name", "draft", "prerelease"),
			"repository", Set.of("id", "full_name", "default_branch", "archived"), "head_commit", Set.of("message"));

	/** No number that we read has more digits than a positive long. */
	private static final int LONGEST_NUMBER = 19;

	private final Map<String, Found> fields = new HashMap<>();

	private PayloadFields() {
	}

	/**
	 * Reads a payload.
	 * @param body the raw body
	 * @return its fields
	 * @throws MalformedJson when the body is not strict JSON
	 */
	static PayloadFields read(byte[] body) {
		return StrictJson.read(body, (parser) -> {
			PayloadFields payload = new PayloadFields();
			payload.fields.put(ROOT, found(parser));
			if (parser.currentToken() == JsonToken.START_OBJECT) {
				payload.readRoot(parser);
			}
			else {
				parser.skipChildren();
			}
			return payload;
		});
	}

	private void readRoot(JsonParser parser) throws IOException {
		while (parser.nextToken() == JsonToken.FIELD_NAME) {
			String name = parser.currentName();
			JsonToken value = parser.nextToken();
			Set<String> inner = OBJECTS.get(name);
			if (inner != null || SCALARS.contains(name)) {
				this.fields.put(name, found(parser));
			}
			if (inner != null && value == JsonToken.START_OBJECT) {
				readObject(parser, name, inner);
			}
			else {
				parser.skipChildren();
			}
		}
	}

	private void readObject(JsonParser parser, String object, Set<String> wanted) throws IOException {
		while (parser.nextToken() == JsonToken.FIELD_NAME) {
			String name = parser.currentName();
			parser.nextToken();
			if (wanted.contains(name)) {
				this.fields.put(object + "." + name, found(parser));
			}
			parser.skipChildren();
		}
	}

	private static Found found(JsonParser parser) throws IOException {
		return switch (parser.currentToken()) {
			case VALUE_STRING -> new Found("a string", parser.getText());
			case VALUE_NUMBER_INT ->
				new Found("a number", (parser.getTextLength() > LONGEST_NUMBER) ? null : parser.getText());
			case VALUE_NUMBER_FLOAT -> new Found("a number", null);
			case VALUE_TRUE, VALUE_FALSE -> new Found("a boolean", parser.getText());
			case VALUE_NULL -> new Found("null", null);
			case START_OBJECT -> new Found("an object", null);
			case START_ARRAY -> new Found("an array", null);
			case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
				throw new IllegalStateException("Not the start of a JSON value: " + parser.currentToken());
		};
	}

	/** Requires the payload to be an object. */
	void requireObject() {
		requireKind(ROOT, "an object");
	}

	/**
	 * Whether there is an object.
	 * @param path where
	 * @return false when nothing or null is there
	 */
	boolean hasObject(String path) {
		if (isAbsent(path)) {
			return false;
		}
		requireKind(path, "an object");
		return true;
	}

	/**
	 * Reads a text that has to be there.
	 * @param path where
	 * @return the text, not empty
	 */
	String text(String path) {
		String text = requireKind(path, "a string").value();
		if (text == null || text.isEmpty()) {
			throw new WrongShape(path, "an empty string", "a string that is not empty");
		}
		return text;
	}

	/**
	 * Reads a text that may be missing or null.
	 * @param path where
	 * @return the text
	 */
	@Nullable String optionalText(String path) {
		return isAbsent(path) ? null : requireKind(path, "a string").value();
	}

	/**
	 * Reads a flag that has to be there.
	 * @param path where
	 * @return the flag
	 */
	boolean flag(String path) {
		return Boolean.parseBoolean(requireKind(path, "a boolean").value());
	}

	/**
	 * Reads a flag that may be missing or null.
	 * @param path where
	 * @return the flag; false when it is not there
	 */
	boolean optionalFlag(String path) {
		return !isAbsent(path) && flag(path);
	}

	/**
	 * Looks at a value without asking for a kind.
	 * @param path where
	 * @return what was found; null when nothing was
	 */
	@Nullable Found peek(String path) {
		return this.fields.get(path);
	}

	/**
	 * Names the kind of value that was found.
	 * @param path where
	 * @return such as {@code a number}
	 */
	String kind(String path) {
		Found found = this.fields.get(path);
		return (found != null) ? found.kind() : "nothing";
	}

	private boolean isAbsent(String path) {
		Found found = this.fields.get(path);
		return found == null || found.kind().equals("null");
	}

	private Found requireKind(String path, String kind) {
		Found found = this.fields.get(path);
		if (found == null || !found.kind().equals(kind)) {
			throw new WrongShape(path, kind(path), kind);
		}
		return found;
	}

	/**
	 * A value that was found.
	 *
	 * @param kind its kind in words
	 * @param value its text; null for what has none or is too long to be read
	 */
	record Found(String kind, @Nullable String value) {
	}

}
