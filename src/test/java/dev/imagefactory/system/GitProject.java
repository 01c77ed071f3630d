package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real repository, made with git itself. */
final class GitProject {

	private final Path folder;

	GitProject(Path folder) {
		this.folder = folder;
		try {
			Files.createDirectories(folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		git("init", "-q", "-b", "main");
	}

	URI url() {
		return this.folder.toUri();
	}

	Path folder() {
		return this.folder;
	}

	/**
	 * Commits files.
	 * @param files their contents by path
	 * @return the commit
	 */
	String commit(Map<String, String> files) {
		files.forEach((name, content) -> {
			try {
				Path file = this.folder.resolve(name);
				Files.createDirectories(file.getParent());
				Files.writeString(file, content);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		git("add", "-A");
		git("commit", "-q", "--allow-empty", "-m", "Change " + files.keySet());
		return git("rev-parse", "HEAD");
	}

	/**
	 * Makes an annotated tag on the head.
	 * @param name its name
	 */
	void tag(String name) {
		git("tag", "-a", "-m", "Release " + name, name);
	}

	/**
	 * Makes a tag on the head that git's own command would not make.
	 * @param name its name
	 */
	void oddTag(String name) {
		git("update-ref", "refs/tags/" + name, "HEAD");
	}

	/**
	 * Runs git in the repository.
	 * @param arguments its arguments
	 * @return what it printed, without the last line's end
	 */
	String git(String... arguments) {
		List<String> command = new ArrayList<>(List.of("git", "-c", "user.name=Test", "-c", "user.email=test@localhost",
				"-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"));
		command.addAll(List.of(arguments));
		return Tools.run(this.folder, command).strip();
	}

	/** A Dockerfile that copies one file into an empty image. */
	static Map<String, String> hello(String greeting) {
		return Map.of("Dockerfile", "FROM scratch\nCOPY hello.txt /hello.txt\nCMD [\"/hello.txt\"]\n", "hello.txt",
				greeting + "\n");
	}

	/** Runs programs of this machine. */
	static final class Tools {

		private Tools() {
		}

		static String run(Path folder, List<String> command) {
			try {
				Process process = new ProcessBuilder(command).directory(folder.toFile())
					.redirectErrorStream(true)
					.start();
				process.getOutputStream().close();
				String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
				if (process.waitFor() != 0) {
					throw new AssertionError("%s failed: %s".formatted(command, output));
				}
				return output;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

		static boolean has(String program) {
			for (String folder : System.getenv("PATH").split(":")) {
				if (Files.isExecutable(Path.of(folder, program))) {
					return true;
				}
			}
			return false;
		}

	}

}
