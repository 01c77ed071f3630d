package dev.imagefactory;

import org.jspecify.annotations.Nullable;

/**
 * A setting that cannot be used.
 *
 * @param key the whole key, such as {@code image-factory.teams[0].name}
 * @param value what was given, fit to be shown; null when nothing may or can be shown
 * @param problem why it cannot be used, as the end of a sentence that begins with the
 * setting
 * @param accepted what is accepted, or null when it is no setting of ours
 * @param example something that is accepted, or null
 * @param place where it was set, or null
 */
record SettingProblem(String key, @Nullable String value, String problem, @Nullable String accepted,
		@Nullable String example, @Nullable String place) {

	/**
	 * Describes the problem to the person who wrote the setting.
	 * @return some lines of text
	 */
	String describe() {
		StringBuilder text = new StringBuilder(this.key);
		text.append((this.value != null) ? " = '" + this.value + "'" : "").append('\n');
		line(text, "problem", this.problem);
		line(text, "accepted", this.accepted);
		line(text, "example", this.example);
		line(text, "set in", this.place);
		return text.toString();
	}

	private static void line(StringBuilder text, String title, @Nullable String content) {
		if (content != null) {
			text.append("    ").append(title).append(": ").append(content).append('\n');
		}
	}

}
