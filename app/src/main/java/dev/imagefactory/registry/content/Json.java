package dev.imagefactory.registry.content;

import java.io.IOException;
import java.io.UncheckedIOException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The JSON of layouts, read and written in one way whatever the service's own is. */
public final class Json {

	private static final ObjectMapper MAPPER = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
		.build();

	private Json() {
	}

	/**
	 * Reads a document.
	 * @param bytes its bytes
	 * @param type what it is
	 * @param <T> what it is
	 * @return the document, never null
	 * @throws WrongContent when the bytes are something else
	 */
	public static <T> T read(byte[] bytes, Class<T> type) throws WrongContent {
		try {
			T document = MAPPER.readValue(bytes, type);
			if (document == null) {
				throw new WrongContent("it is not the JSON that it should be (it is null)");
			}
			return document;
		}
		catch (JsonProcessingException ex) {
			throw new WrongContent("it is not the JSON that it should be (%s)".formatted(ex.getOriginalMessage()), ex);
		}
		catch (WrongContent ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Bytes in memory can be read", ex);
		}
	}

	/**
	 * Writes a document.
	 * @param document the document
	 * @return its bytes
	 * @throws IOException never, for records
	 */
	public static byte[] write(Object document) throws IOException {
		return MAPPER.writeValueAsBytes(document);
	}

}
