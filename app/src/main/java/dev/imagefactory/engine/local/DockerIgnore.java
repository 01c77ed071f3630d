package dev.imagefactory.engine.local;

import java.util.ArrayList;
import java.util.List;

/**
 * The files that a {@code .dockerignore} keeps out of the build context; the last line
 * that matches a file or a folder above it decides.
 */
final class DockerIgnore {

	private final List<Line> lines;

	private DockerIgnore(List<Line> lines) {
		this.lines = lines;
	}

	/**
	 * Reads the file.
	 * @param text its whole text; empty when there is none
	 * @return the rules
	 * @throws IllegalArgumentException when a line is not a pattern
	 */
	static DockerIgnore of(String text) {
		List<Line> lines = new ArrayList<>();
		for (String raw : text.replaceFirst("^\uFEFF", "").split("\r?\n")) {
			if (raw.startsWith("#")) {
				continue;
			}
			String line = raw.strip();
			boolean keeps = line.startsWith("!");
			String path = clean(keeps ? line.substring(1).strip() : line);
			if (!path.isEmpty()) {
				lines.add(new Line(PathPattern.of(path), keeps));
			}
		}
		return new DockerIgnore(List.copyOf(lines));
	}

	private static String clean(String text) {
		List<String> names = new ArrayList<>();
		for (String name : text.split("/")) {
			if (name.equals("..") && !names.isEmpty()) {
				names.removeLast();
			}
			else if (!name.isEmpty() && !name.equals(".") && !name.equals("..")) {
				names.add(name);
			}
		}
		return String.join("/", names);
	}

	/**
	 * Whether a file is kept out.
	 * @param path its path in the context, its names separated by {@code /}
	 * @return whether the build cannot see it
	 */
	boolean excludes(String path) {
		boolean excluded = false;
		for (Line line : this.lines) {
			// Only a line that would change the answer has to be looked at.
			if (excluded == line.keeps() && matchesSelfOrParent(line.pattern(), path)) {
				excluded = !line.keeps();
			}
		}
		return excluded;
	}

	private static boolean matchesSelfOrParent(PathPattern pattern, String path) {
		for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
			if (pattern.matches(path.substring(0, end))) {
				return true;
			}
		}
		return pattern.matches(path);
	}

	private record Line(PathPattern pattern, boolean keeps) {

	}

}
