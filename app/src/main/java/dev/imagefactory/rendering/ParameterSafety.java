package dev.imagefactory.rendering;

import java.util.Optional;

/**
 * Judges texts from outside before they become parameters, labels or annotations of a
 * run. Argo substitutes inside values a second time, and Kubernetes expands
 * <code>$(NAME)</code>, so such texts are refused rather than escaped (Argo Workflows,
 * "Workflow Variables"; Kubernetes, "Define Environment Variables for a Container").
 */
public final class ParameterSafety {

	/** The longest text that may travel, in characters. */
	public static final int LONGEST = 255;

	private ParameterSafety() {
	}

	/**
	 * Judges one text.
	 * @param value the text
	 * @return why it may not travel, as the rest of a sentence; empty when it may
	 */
	public static Optional<String> objectionTo(String value) {
		if (value.length() > LONGEST) {
			return Optional.of("is longer than %d characters".formatted(LONGEST));
		}
		return structureIn(value);
	}

	/**
	 * Judges a text of any length.
	 * @param value the text
	 * @return what in it others would evaluate or could not read, as the rest of a
	 * sentence; empty when it may travel
	 */
	public static Optional<String> structureIn(String value) {
		if (value.contains("{{") || value.contains("}}")) {
			return Optional.of("contains '{{' or '}}', which a workflow engine would evaluate");
		}
		if (value.contains("$(")) {
			return Optional.of("contains '$(', which Kubernetes would expand");
		}
		if (value.codePoints().anyMatch(ParameterSafety::isUnprintable)) {
			return Optional.of("contains control characters or text that is not valid UTF-8");
		}
		return Optional.empty();
	}

	private static boolean isUnprintable(int codePoint) {
		int type = Character.getType(codePoint);
		return type == Character.CONTROL || type == Character.SURROGATE || type == Character.LINE_SEPARATOR
				|| type == Character.PARAGRAPH_SEPARATOR;
	}

}
