package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The files of a build context that its {@code .dockerignore} lets through. Nothing
 * outside the context can be named, neither by {@code ..} nor by a symbolic link.
 */
final class BuildContext {

	private final Path root;

	private final DockerIgnore ignored;

	private final NavigableMap<String, Path> files = new TreeMap<>();

	/**
	 * Lists a context.
	 * @param root the context's folder, symbolic links resolved
	 * @param ignored what is left out
	 * @throws IOException when the folder cannot be read
	 */
	BuildContext(Path root, DockerIgnore ignored) throws IOException {
		this.root = root;
		this.ignored = ignored;
		Files.walkFileTree(root, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
				String path = root.relativize(file).toString();
				if (!ignored.excludes(path)) {
					BuildContext.this.files.put(path, file);
				}
				return FileVisitResult.CONTINUE;
			}

		});
	}

	/**
	 * Finds what a source of COPY names.
	 * @param line the instruction's line
	 * @param source a path or pattern
	 * @return one match for a path; any number for a pattern, in order
	 * @throws DockerfileRefused when nothing is there
	 * @throws StepFailure when it leads out of the context
	 */
	List<Match> find(int line, String source) {
		String path = relative(source);
		if (PathPattern.isPattern(path)) {
			return matches(line, path, source);
		}
		Path real = real(this.root.resolve(path), source, line);
		String inside = this.root.relativize(real).toString();
		if (Files.isDirectory(real)) {
			return List.of(new Match(inside, true, below(line, inside)));
		}
		if (this.ignored.excludes(path) || this.ignored.excludes(inside)) {
			throw DockerfileRefused.invalid(line, "'%s' is left out by .dockerignore".formatted(source));
		}
		return List.of(new Match(path, false, Map.of(name(path), real)));
	}

	private List<Match> matches(int line, String path, String source) {
		PathPattern pattern;
		try {
			pattern = PathPattern.of(path);
		}
		catch (IllegalArgumentException ex) {
			throw DockerfileRefused.invalid(line, String.valueOf(ex.getMessage()));
		}
		NavigableMap<String, Boolean> found = new TreeMap<>();
		for (String file : this.files.keySet()) {
			for (int end = file.indexOf('/'); end >= 0; end = file.indexOf('/', end + 1)) {
				if (pattern.matches(file.substring(0, end))) {
					found.put(file.substring(0, end), true);
				}
			}
			if (pattern.matches(file)) {
				found.put(file, false);
			}
		}
		if (found.isEmpty()) {
			throw DockerfileRefused.invalid(line, "no file of the build context matches '%s'".formatted(source));
		}
		List<Match> matches = new ArrayList<>();
		found.keySet().forEach((one) -> matches.addAll(plain(line, one, source)));
		return matches;
	}

	private List<Match> plain(int line, String path, String source) {
		Path real = real(this.root.resolve(path), source, line);
		if (Files.isDirectory(real)) {
			return List.of(new Match(path, true, below(line, this.root.relativize(real).toString())));
		}
		return List.of(new Match(path, false, Map.of(name(path), real)));
	}

	/** The files below a folder by their path in it. */
	private Map<String, Path> below(int line, String folder) {
		String prefix = folder.isEmpty() ? "" : folder + "/";
		Map<String, Path> below = new TreeMap<>();
		this.files.tailMap(prefix, true).forEach((path, file) -> {
			if (path.startsWith(prefix)) {
				Path real = real(file, path, line);
				if (Files.isSymbolicLink(file) || !Files.isRegularFile(real)) {
					throw DockerfileRefused.needsBuilder(line,
							"'%s' is a symbolic link, which has to stay one in a copied folder, or no regular file"
								.formatted(path));
				}
				below.put(path.substring(prefix.length()), real);
			}
		});
		return below;
	}

	private Path real(Path file, String source, int line) {
		Path real;
		try {
			real = file.toRealPath();
		}
		catch (IOException ex) {
			if (Files.isSymbolicLink(file)) {
				throw outsideOrNeedsBuilder(file, source, line);
			}
			throw DockerfileRefused.invalid(line, "there is no '%s' in the build context".formatted(source));
		}
		if (!real.startsWith(this.root)) {
			throw outside(source, line);
		}
		return real;
	}

	/** A link to nothing: other builders copy it as it is, if it does not point out. */
	private RuntimeException outsideOrNeedsBuilder(Path link, String source, int line) {
		try {
			Path target = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
			if (!target.startsWith(this.root)) {
				return outside(source, line);
			}
		}
		catch (IOException ex) {
			// It cannot even be read: the same answer as for a link to nothing.
		}
		return DockerfileRefused.needsBuilder(line, "'%s' is a symbolic link to nothing".formatted(source));
	}

	private static StepFailure outside(String source, int line) {
		return StepFailure.ofRepository("path-outside-repository",
				"Dockerfile line %d: '%s' leads out of the build context; only its own files can be added"
					.formatted(line, source));
	}

	/** As in Docker, every source is seen from the context's root, and .. stops there. */
	private static String relative(String source) {
		List<String> names = new ArrayList<>();
		for (String name : source.split("/")) {
			if (name.equals("..")) {
				if (!names.isEmpty()) {
					names.removeLast();
				}
			}
			else if (!name.isEmpty() && !name.equals(".")) {
				names.add(name);
			}
		}
		return String.join("/", names);
	}

	private static String name(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}

	/**
	 * What one source names.
	 *
	 * @param path its path in the context
	 * @param folder whether it is a folder, whose content is copied
	 * @param files the files: by their path in the folder, or one by its name
	 */
	record Match(String path, boolean folder, Map<String, Path> files) {

	}

}
