package dev.imagefactory.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.imagefactory.image.Digest;
import dev.imagefactory.source.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * A request's body: strict JSON in UTF-8, no unknown or doubled fields, nothing after it.
 */
final class Body {

	private static final int LARGEST = 64 * 1024;

	private static final int LARGEST_PAYLOAD = 1024 * 1024;

	private static final JsonMapper STRICT = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.withCoercionConfig(LogicalType.Textual,
				(texts) -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
		.build();

	private final byte[] bytes;

	private Body(byte[] bytes) {
		this.bytes = bytes;
	}

	/** Reads a body, but never more than 64 KiB. */
	static Body read(InputStream stream) throws IOException {
		return read(stream, LARGEST);
	}

	/** Reads a body that holds an event's payload, but never more than 1 MiB. */
	static Body readLarge(InputStream stream) throws IOException {
		return read(stream, LARGEST_PAYLOAD);
	}

	private static Body read(InputStream stream, int largest) throws IOException {
		byte[] bytes = stream.readNBytes(largest + 1);
		if (bytes.length > largest) {
			throw new ApiProblem(ProblemType.BODY_TOO_LARGE, "The body is larger than %d bytes.".formatted(largest));
		}
		return new Body(bytes);
	}

	/** The hash by which two bodies are compared. */
	String sha256() {
		return HexFormat.of().formatHex(Digest.sha256().digest(this.bytes));
	}

	/** Reads the body as an object. */
	<T> T as(Class<T> type) {
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(this.bytes)).toString();
			T value = STRICT.readValue(text, type);
			if (value == null) {
				throw new ApiProblem(ProblemType.INVALID_BODY, "The body is null; expected is a JSON object.");
			}
			return value;
		}
		catch (CharacterCodingException ex) {
			throw new ApiProblem(ProblemType.INVALID_BODY, "The body is not UTF-8.");
		}
		catch (UnrecognizedPropertyException ex) {
			throw invalid(Words.printable(ex.getPropertyName()), "it is unknown here; known are "
					+ String.join(", ", ex.getKnownPropertyIds().stream().map(Object::toString).sorted().toList()));
		}
		catch (StreamReadException ex) {
			throw notStrict(ex);
		}
		catch (JsonMappingException ex) {
			throw otherForm(ex);
		}
		catch (JsonProcessingException ex) {
			throw new ApiProblem(ProblemType.INVALID_BODY, "The body cannot be read" + place(ex) + ".");
		}
	}

	private static ApiProblem notStrict(StreamReadException ex) {
		boolean twice = ex.getOriginalMessage().startsWith("Duplicate field ");
		return new ApiProblem(ProblemType.INVALID_BODY,
				"The body is not strict JSON%s%s.".formatted(twice ? ": a field is given twice" : "", place(ex)));
	}

	private ApiProblem otherForm(JsonMappingException ex) {
		if (ex.getCause() instanceof StreamReadException cause) {
			return notStrict(cause);
		}
		if (!ex.getPath().isEmpty()) {
			boolean text = ex instanceof MismatchedInputException mismatch && mismatch.getTargetType() == String.class;
			return invalid(Words.printable(String.valueOf(ex.getPath().getLast().getFieldName())),
					text ? "expected is a text in quotes" : "it has another form than the OpenAPI document says");
		}
		String text = new String(this.bytes, StandardCharsets.UTF_8).strip();
		if (text.isEmpty()) {
			return new ApiProblem(ProblemType.INVALID_BODY, "There is no body; expected is a JSON object.");
		}
		return new ApiProblem(ProblemType.INVALID_BODY,
				text.startsWith("{") ? "Something stands after the JSON object in the body; expected is nothing more."
						: "The body is not a JSON object; expected is one, such as {\"name\": \"value\"}.");
	}

	/** A field that must be there. */
	static String needed(String name, @Nullable String text) {
		if (text == null) {
			throw invalid(name, "it is needed");
		}
		return text;
	}

	/** A field with a type of its own. */
	static <T> T field(String name, String text, Function<String, T> reader) {
		try {
			return reader.apply(text);
		}
		catch (InvalidValue ex) {
			throw invalid(name, ex.getMessage());
		}
	}

	static ApiProblem invalid(String name, String why) {
		return new ApiProblem(ProblemType.INVALID_BODY, "Field '%s': %s.".formatted(name, why)).with("field", name);
	}

	private static String place(JsonProcessingException ex) {
		return (ex.getLocation() == null) ? ""
				: ", line %d column %d".formatted(ex.getLocation().getLineNr(), ex.getLocation().getColumnNr());
	}

}
