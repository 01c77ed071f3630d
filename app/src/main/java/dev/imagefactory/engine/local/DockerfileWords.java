package dev.imagefactory.engine.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Splits text of a Dockerfile into words and puts variables in, by Docker's rules for
 * quotes, the escape character, {@code $name} and <code>${name}</code>.
 */
final class DockerfileWords {

	/** Values may name each other, so that few lines could make an endless text. */
	private static final int MOST_CHARACTERS = 64 * 1024;

	private static final int MOST_NESTED = 20;

	private final int line;

	private final char escape;

	private final Map<String, String> variables;

	/**
	 * Prepares for one instruction.
	 * @param line its line, for messages
	 * @param escape the escape character
	 * @param variables the values known at that line
	 */
	DockerfileWords(int line, char escape, Map<String, String> variables) {
		this.line = line;
		this.escape = escape;
		this.variables = Map.copyOf(variables);
	}

	/**
	 * Splits at white space outside quotes.
	 * @param text the text
	 * @return the words, quotes and variables as they stand
	 */
	List<String> split(String text) {
		List<String> words = new ArrayList<>();
		StringBuilder word = new StringBuilder();
		char quote = 0;
		for (int at = 0; at < text.length(); at++) {
			char character = text.charAt(at);
			if (quote == 0 && Character.isWhitespace(character)) {
				finish(word, words);
				continue;
			}
			word.append(character);
			if (character == this.escape && quote != '\'' && at + 1 < text.length()) {
				word.append(text.charAt(++at));
			}
			else if (quote == character) {
				quote = 0;
			}
			else if (quote == 0 && (character == '"' || character == '\'')) {
				quote = character;
			}
		}
		finish(word, words);
		return words;
	}

	private static void finish(StringBuilder word, List<String> words) {
		if (!word.isEmpty()) {
			words.add(word.toString());
			word.setLength(0);
		}
	}

	/**
	 * Takes quotes and escapes away and puts variables in.
	 * @param text one word, or a text that is one value
	 * @return its value
	 * @throws DockerfileRefused when a quote or brace is not closed or the value is too
	 * long
	 */
	String value(String text) {
		return new Reading(text).untilEnd();
	}

	/** Reads one text from left to right. */
	private final class Reading {

		private final String text;

		private int at;

		private int depth;

		Reading(String text) {
			this.text = text;
		}

		String untilEnd() {
			return until((char) 0);
		}

		private String until(char stop) {
			StringBuilder value = new StringBuilder();
			while (this.at < this.text.length()) {
				char character = this.text.charAt(this.at);
				if (stop != 0 && character == stop) {
					this.at++;
					return value.toString();
				}
				value.append(next(character));
				limit(value);
			}
			if (stop != 0) {
				throw invalid("a '%s' is missing".formatted(stop));
			}
			return value.toString();
		}

		private String next(char character) {
			if (character == '\'') {
				return singleQuoted();
			}
			if (character == '"') {
				return doubleQuoted();
			}
			if (character == '$') {
				return variable();
			}
			if (character == DockerfileWords.this.escape) {
				this.at++;
				return taken();
			}
			return taken();
		}

		private String taken() {
			return (this.at < this.text.length()) ? String.valueOf(this.text.charAt(this.at++)) : "";
		}

		private String singleQuoted() {
			int end = this.text.indexOf('\'', this.at + 1);
			if (end < 0) {
				throw invalid("a single quote is not closed");
			}
			String inside = this.text.substring(this.at + 1, end);
			this.at = end + 1;
			return inside;
		}

		private String doubleQuoted() {
			StringBuilder value = new StringBuilder();
			this.at++;
			while (this.at < this.text.length()) {
				char character = this.text.charAt(this.at);
				if (character == '"') {
					this.at++;
					return value.toString();
				}
				value.append(quoted(character));
				limit(value);
			}
			throw invalid("a double quote is not closed");
		}

		private String quoted(char character) {
			if (character == '$') {
				return variable();
			}
			this.at++;
			if (character != DockerfileWords.this.escape || this.at >= this.text.length()) {
				return String.valueOf(character);
			}
			char following = this.text.charAt(this.at);
			if (following == '"' || following == '$' || following == DockerfileWords.this.escape) {
				this.at++;
				return String.valueOf(following);
			}
			return String.valueOf(character);
		}

		private String variable() {
			this.at++;
			if (this.at >= this.text.length()) {
				return "$";
			}
			if (this.text.charAt(this.at) == '{') {
				this.at++;
				return braced();
			}
			String name = name();
			if (!name.isEmpty()) {
				return DockerfileWords.this.variables.getOrDefault(name, "");
			}
			// Positional and special parameters of a shell have no value here.
			if ("0123456789@*#?-$!".indexOf(this.text.charAt(this.at)) >= 0) {
				this.at++;
				return "";
			}
			return "$";
		}

		private String braced() {
			if (++this.depth > MOST_NESTED) {
				throw invalid("variables are nested more than %d deep".formatted(MOST_NESTED));
			}
			String name = name();
			if (name.isEmpty()) {
				throw invalid("a variable has no name");
			}
			String known = DockerfileWords.this.variables.get(name);
			String value = (known != null) ? known : "";
			String operator = operator();
			String other = operator.isEmpty() ? "" : until('}');
			this.depth--;
			return switch (operator) {
				case ":-" -> value.isEmpty() ? other : value;
				case "-" -> (known == null) ? other : value;
				case ":+" -> value.isEmpty() ? "" : other;
				case "+" -> (known == null) ? "" : other;
				default -> value;
			};
		}

		private String operator() {
			for (String operator : List.of("}", ":-", ":+", "-", "+")) {
				if (this.text.startsWith(operator, this.at)) {
					this.at += operator.length();
					return operator.equals("}") ? "" : operator;
				}
			}
			if (this.at >= this.text.length()) {
				throw invalid("a '}' is missing");
			}
			throw DockerfileRefused.needsBuilder(DockerfileWords.this.line,
					"a variable is changed with '%s'".formatted(this.text.charAt(this.at)));
		}

		private String name() {
			int start = this.at;
			while (this.at < this.text.length() && isOfName(this.text.charAt(this.at), this.at > start)) {
				this.at++;
			}
			return this.text.substring(start, this.at);
		}

		private static boolean isOfName(char character, boolean later) {
			return character == '_' || (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
					|| (later && character >= '0' && character <= '9');
		}

		private void limit(StringBuilder value) {
			if (value.length() > MOST_CHARACTERS) {
				throw invalid("a value is longer than %d characters".formatted(MOST_CHARACTERS));
			}
		}

		private DockerfileRefused invalid(String reason) {
			return DockerfileRefused.invalid(DockerfileWords.this.line, reason);
		}

	}

}
