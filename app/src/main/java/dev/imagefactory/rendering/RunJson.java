package dev.imagefactory.rendering;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.imagefactory.pipeline.Run;

/**
 * A run as JSON, as it stands in a Workflow's annotation: enough to restore the run when
 * our database does not know it. Closing braces never stand side by side, so that nothing
 * in it reads as the end of a template, wherever somebody looks for one.
 */
public final class RunJson {

	private static final ObjectMapper MAPPER = JsonMapper.builder()
		.addModule(new JavaTimeModule())
		.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		// A newer version may have written it.
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private RunJson() {
	}

	/**
	 * Writes a run, but for its place: the Workflow says itself where it is.
	 * @param run the run
	 * @return one line of JSON
	 * @throws Unrenderable when a text in it would read as a template or a variable
	 */
	public static String write(Run run) {
		try {
			String json = MAPPER.writer(new Apart()).writeValueAsString(run.at(null));
			ParameterSafety.structureIn(json).ifPresent((objection) -> {
				throw new Unrenderable("order", objection);
			});
			return json;
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("The run %s cannot be written as JSON".formatted(run.build()), ex);
		}
	}

	/**
	 * Reads a run.
	 * @param json what {@link #write} wrote, in this or another version
	 * @return the run
	 * @throws IllegalArgumentException when it is no run
	 */
	public static Run read(String json) {
		try {
			Run run = MAPPER.readValue(json, Run.class);
			if (run == null) {
				throw new IllegalArgumentException("The annotation holds no run, but null");
			}
			return run.at(null);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("The annotation holds no run: " + ex.getOriginalMessage(), ex);
		}
	}

	/** Puts a space before every closing brace. */
	private static final class Apart extends MinimalPrettyPrinter {

		private static final long serialVersionUID = 1L;

		@Override
		public void writeEndObject(JsonGenerator json, int entries) throws IOException {
			json.writeRaw(" }");
		}

	}

}
