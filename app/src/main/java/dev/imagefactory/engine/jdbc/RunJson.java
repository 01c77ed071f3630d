package dev.imagefactory.engine.jdbc;

import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.imagefactory.engine.RunPhase;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON in columns. It has a mapper of its own, so that settings of the web
 * layer never change what is stored.
 */
final class RunJson {

	private static final ObjectMapper JSON = JsonMapper.builder()
		.addModule(new JavaTimeModule())
		.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
		// Another replica may be newer and know more fields.
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private RunJson() {
	}

	static String text(Object value) {
		try {
			return JSON.writeValueAsString(value);
		}
		catch (JsonProcessingException ex) {
			throw unreadable("write a " + value.getClass().getSimpleName(), ex);
		}
	}

	/** The declared type brings the word that tells the alternatives apart. */
	static String phase(RunPhase phase) {
		try {
			return JSON.writerFor(RunPhase.class).writeValueAsString(phase);
		}
		catch (JsonProcessingException ex) {
			throw unreadable("write a phase", ex);
		}
	}

	static <T> String list(TypeReference<List<T>> type, List<T> values) {
		try {
			return JSON.writerFor(type).writeValueAsString(values);
		}
		catch (JsonProcessingException ex) {
			throw unreadable("write a list", ex);
		}
	}

	static <T> T value(@Nullable String text, Class<T> type) {
		try {
			return JSON.readValue(text, type);
		}
		catch (JsonProcessingException ex) {
			throw unreadable("read a " + type.getSimpleName(), ex);
		}
	}

	static <T> List<T> values(@Nullable String text, TypeReference<List<T>> type) {
		try {
			return JSON.readValue(text, type);
		}
		catch (JsonProcessingException ex) {
			throw unreadable("read a list", ex);
		}
	}

	private static IllegalStateException unreadable(String what, JsonProcessingException cause) {
		return new IllegalStateException(
				"Cannot " + what + " of the table local_run; was it written by another version?", cause);
	}

}
