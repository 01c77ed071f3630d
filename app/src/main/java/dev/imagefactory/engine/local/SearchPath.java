package dev.imagefactory.engine.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The folders that programs are looked up in.
 *
 * @param value as in the environment variable {@code PATH}
 */
record SearchPath(String value) {

	/**
	 * The folders that this process was given.
	 * @return the value of {@code PATH}, empty without it
	 */
	static SearchPath ofThisProcess() {
		return new SearchPath(System.getenv().getOrDefault("PATH", ""));
	}

	/**
	 * Looks a program up, each time anew: an administrator may install it while we run.
	 * @param program the program's file name
	 * @return the absolute path of the first executable file of that name
	 */
	Optional<Path> find(String program) {
		return Arrays.stream(this.value.split(File.pathSeparator))
			.filter((folder) -> folder.startsWith(File.separator))
			.flatMap((folder) -> candidate(folder, program).stream())
			.findFirst();
	}

	private static Optional<Path> candidate(String folder, String program) {
		try {
			return Optional.of(Path.of(folder, program))
				.filter((file) -> Files.isRegularFile(file) && Files.isExecutable(file));
		}
		catch (InvalidPathException ex) {
			return Optional.empty();
		}
	}

}
