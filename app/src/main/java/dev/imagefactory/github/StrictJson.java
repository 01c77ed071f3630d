package dev.imagefactory.github;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;

/**
 * JSON read the strict way: UTF-8 only, no byte order mark, no key twice in an object,
 * one value and nothing after it, at most 100 levels. It streams: what nobody asks for is
 * checked and forgotten.
 */
final class StrictJson {

	/** How deep objects and arrays may be nested. */
	static final int LEVELS = 100;

	/**
	 * The parser reads characters that we decoded, so that it guesses no charset. Names
	 * from outside are not remembered between bodies.
	 */
	private static final JsonFactory FACTORY = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNestingDepth(LEVELS)
			.maxStringLength(Integer.MAX_VALUE)
			.maxNameLength(Integer.MAX_VALUE)
			.maxNumberLength(Integer.MAX_VALUE)
			.build())
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
		.disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
		.build();

	private static final int CHUNK = 8192;

	private StrictJson() {
	}

	/**
	 * Reads a whole document.
	 * @param <T> what is made of it
	 * @param body the document
	 * @param content reads the document's one value, to its end
	 * @return what the content made of it
	 * @throws MalformedJson when the document is not strict JSON
	 */
	static <T> T read(byte[] body, Content<T> content) {
		requireUtf8(body);
		try (JsonParser parser = FACTORY
			.createParser(new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8))) {
			return readAll(parser, content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Jackson's own messages quote the content, so they go no further. */
	private static <T> T readAll(JsonParser parser, Content<T> content) throws IOException {
		try {
			if (parser.nextToken() == null) {
				throw new MalformedJson("The body is empty; expected one JSON object");
			}
			T result = content.read(parser);
			if (parser.nextToken() != null) {
				throw new MalformedJson("Something follows the end of the JSON value" + at(parser));
			}
			return result;
		}
		catch (StreamConstraintsException ex) {
			throw new MalformedJson("The JSON is nested deeper than %d levels%s".formatted(LEVELS, at(parser)));
		}
		catch (JsonProcessingException ex) {
			throw new MalformedJson("The body is not valid JSON, or has a key twice in one object," + at(parser));
		}
	}

	private static String at(JsonParser parser) {
		JsonLocation location = parser.currentLocation();
		return " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
	}

	private static void requireUtf8(byte[] body) {
		if (body.length >= 3 && (body[0] & 0xff) == 0xef && (body[1] & 0xff) == 0xbb && (body[2] & 0xff) == 0xbf) {
			throw new MalformedJson("The body starts with a byte order mark; send UTF-8 without one");
		}
		CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
			.onMalformedInput(CodingErrorAction.REPORT)
			.onUnmappableCharacter(CodingErrorAction.REPORT);
		ByteBuffer bytes = ByteBuffer.wrap(body);
		CharBuffer chunk = CharBuffer.allocate(CHUNK);
		CoderResult result = CoderResult.OVERFLOW;
		while (result.isOverflow()) {
			chunk.clear();
			result = decoder.decode(bytes, chunk, true);
		}
		if (result.isError()) {
			throw new MalformedJson("The body is not UTF-8 at byte " + (bytes.position() + 1));
		}
	}

	/**
	 * Reads a document's one value.
	 *
	 * @param <T> what is made of it
	 */
	interface Content<T> {

		/**
		 * Reads the value.
		 * @param parser stands on the value's first token, and on its last afterwards
		 * @return what was read
		 * @throws IOException when the JSON is malformed
		 */
		T read(JsonParser parser) throws IOException;

	}

}
