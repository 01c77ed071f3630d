package dev.imagefactory.build.jdbc;

import java.io.IOException;
import java.util.List;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.source.ShortText;

/**
 * Values as JSON in columns. It has mappers of its own, so that settings of the web layer
 * never change what is stored.
 */
final class StoredJson {

	/** Three texts of this length fit into a state's column, whatever is in them. */
	private static final int LONGEST_TEXT_OF_STATE = 4000;

	/** Longer than any honest text of a finding. */
	private static final int LONGEST_TEXT_OF_SCAN = 500;

	private static final TypeReference<List<ImageTag>> TAGS = new TypeReference<>() {
	};

	private static final ObjectMapper VALUES = JsonMapper.builder()
		.addModule(new JavaTimeModule())
		.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
		// Another replica may be newer and know more fields.
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private static final ObjectMapper STATES = cutting(LONGEST_TEXT_OF_STATE);

	private static final ObjectMapper SCANS = cutting(LONGEST_TEXT_OF_SCAN);

	private StoredJson() {
	}

	private static ObjectMapper cutting(int longest) {
		return VALUES.copy()
			.registerModule(
					new SimpleModule("texts of " + longest).addSerializer(String.class, new ShortTexts(longest)));
	}

	static String write(Object value) {
		return write(VALUES, value);
	}

	static String writeState(BuildState state) {
		return write(STATES, state);
	}

	/** With as many findings as are kept of a build. */
	static String writeScan(ScanSummary scan) {
		List<Finding> findings = scan.fixable().stream().limit(ScanSummary.MOST_FINDINGS).toList();
		return write(SCANS, new ScanSummary(scan.verdict(), scan.counts(), findings, scan.database()));
	}

	static <T> T read(String json, Class<T> type) {
		try {
			return VALUES.readValue(json, type);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("A stored %s cannot be read: was its row written by a newer version?"
				.formatted(type.getSimpleName()), ex);
		}
	}

	static List<ImageTag> readTags(String json) {
		try {
			return VALUES.readValue(json, TAGS);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("Stored tags cannot be read: was their row written by a newer version?",
					ex);
		}
	}

	private static String write(ObjectMapper mapper, Object value) {
		try {
			return mapper.writeValueAsString(value);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException(
					"A %s cannot be written as JSON".formatted(value.getClass().getSimpleName()), ex);
		}
	}

	private static final class ShortTexts extends StdSerializer<String> {

		private static final long serialVersionUID = 1L;

		private final int longest;

		ShortTexts(int longest) {
			super(String.class);
			this.longest = longest;
		}

		@Override
		public void serialize(String value, JsonGenerator json, SerializerProvider provider) throws IOException {
			json.writeString(ShortText.of(value, this.longest));
		}

	}

}
