package dev.imagefactory.engine.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Dockerfile cut into instructions: comments left out, continued lines joined (Docker's
 * Dockerfile reference, "Format" and "Parser directives").
 *
 * @param escape the character that continues a line and takes the meaning of the next
 * @param instructions the instructions in order
 */
record DockerfileLines(char escape, List<Instruction> instructions) {

	private static final int MOST_CHARACTERS = 1024 * 1024;

	private static final Pattern DIRECTIVE = Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");

	DockerfileLines {
		instructions = List.copyOf(instructions);
	}

	/**
	 * Cuts a Dockerfile.
	 * @param text its whole text
	 * @return its instructions, of whatever names
	 * @throws DockerfileRefused when it is too large or a directive is wrong
	 */
	static DockerfileLines of(String text) {
		if (text.length() > MOST_CHARACTERS) {
			throw DockerfileRefused.invalid(1, "it has more than %d characters".formatted(MOST_CHARACTERS));
		}
		String[] lines = text.replaceFirst("^\uFEFF", "").split("\r?\n", -1);
		char escape = escape(lines);
		List<Instruction> instructions = new ArrayList<>();
		int at = 0;
		while (at < lines.length) {
			if (isCommentOrBlank(lines[at])) {
				at++;
				continue;
			}
			StringBuilder joined = new StringBuilder();
			int first = at;
			at = join(lines, at, escape, joined);
			instructions.add(Instruction.of(first + 1, joined.toString().strip()));
		}
		return new DockerfileLines(escape, instructions);
	}

	private static int join(String[] lines, int start, char escape, StringBuilder joined) {
		int at = start;
		boolean continued = true;
		while (continued && at < lines.length) {
			String line = lines[at++];
			// Inside an instruction comments and blank lines count as nothing.
			if (at - 1 > start && isCommentOrBlank(line)) {
				continue;
			}
			String end = line.stripTrailing();
			continued = !end.isEmpty() && end.charAt(end.length() - 1) == escape;
			joined.append(continued ? end.substring(0, end.length() - 1) : line);
		}
		return at;
	}

	private static boolean isCommentOrBlank(String line) {
		return line.isBlank() || line.stripLeading().startsWith("#");
	}

	private static char escape(String[] lines) {
		for (int at = 0; at < lines.length; at++) {
			Matcher directive = DIRECTIVE.matcher(lines[at].strip());
			if (!directive.matches()) {
				break;
			}
			if (directive.group(1).equalsIgnoreCase("escape")) {
				String value = directive.group(2);
				if (!value.equals("\\") && !value.equals("`")) {
					throw DockerfileRefused.invalid(at + 1, "the escape character must be \\ or `");
				}
				return value.charAt(0);
			}
		}
		return '\\';
	}

	/**
	 * One instruction.
	 *
	 * @param line where it begins, counted from 1
	 * @param name its name in upper case
	 * @param rest what follows the name
	 */
	record Instruction(int line, String name, String rest) {

		private static Instruction of(int line, String text) {
			int end = 0;
			while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
				end++;
			}
			return new Instruction(line, text.substring(0, end).toUpperCase(Locale.ROOT), text.substring(end).strip());
		}

	}

}
