package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What Docker's classic builder cannot do of a Dockerfile. It would call some of that a
 * mistake of the repository, and build other things wrongly without a word, so it is
 * found before the daemon is asked. What is wrong for every builder is left to the
 * daemon.
 */
final class ClassicDockerfile {

	/** The options that it knows. */
	private static final Map<String, Set<String>> OPTIONS = Map.of("FROM", Set.of("platform"), "COPY",
			Set.of("from", "chown"), "ADD", Set.of("chown"), "RUN", Set.of());

	/** A word of the kind {@code <<EOF}, as BuildKit knows it. */
	private static final Pattern HEREDOC = Pattern.compile("(^|\\s)\\d*<<-?(['\"]?)[a-zA-Z_]\\w*\\2(\\s|$)");

	/** It would be added as the file that the server answers with. */
	private static final Pattern GIT = Pattern.compile("(git@|git://|ssh://).*|https?://\\S+\\.git(#\\S*)?");

	private ClassicDockerfile() {
	}

	/**
	 * Looks for what cannot be done.
	 * @param file the Dockerfile
	 * @param name its path in the repository
	 * @throws StepFailure at the first such instruction, with its line and what to
	 * install
	 * @throws IOException when it cannot be read
	 */
	static void check(Path file, String name) throws IOException {
		// Any bytes will do here: all that is looked for is ASCII.
		check(Files.readString(file, StandardCharsets.ISO_8859_1), name);
	}

	/**
	 * Looks for what cannot be done.
	 * @param text the Dockerfile's text
	 * @param name its path in the repository
	 * @throws StepFailure at the first such instruction
	 */
	static void check(String text, String name) {
		try {
			AskedMachine machine = new AskedMachine();
			for (DockerfileLines.Instruction line : DockerfileLines.of(text).instructions()) {
				check(line, name);
				refuse(machine.next(line), name);
			}
			refuse(machine.endOfStage(), name);
		}
		catch (DockerfileRefused ex) {
			throw ex.failure(name);
		}
	}

	private static void refuse(Optional<AskedMachine.Asked> asked, String name) {
		asked.ifPresent((one) -> {
			throw refused(one.line(), name, one.reason());
		});
	}

	private static void check(DockerfileLines.Instruction line, String name) {
		switch (line.name()) {
			case "RUN", "COPY", "ADD" -> {
				checkOptions(line, name);
				checkWords(line, name);
			}
			case "FROM" -> checkOptions(line, name);
			default -> {
			}
		}
	}

	private static void checkOptions(DockerfileLines.Instruction line, String name) {
		Set<String> known = OPTIONS.getOrDefault(line.name(), Set.of());
		for (String option : options(line)) {
			String key = option.substring(2).split("=", 2)[0];
			if (!known.contains(key)) {
				throw refused(line, name, "%s has the option --%s".formatted(line.name(), key));
			}
		}
	}

	private static void checkWords(DockerfileLines.Instruction line, String name) {
		String rest = line.rest();
		if (!rest.startsWith("[") && HEREDOC.matcher(rest).find()) {
			throw refused(line, name, line.name() + " has a here-document");
		}
		if (line.name().equals("ADD")) {
			words(rest).stream().filter((word) -> GIT.matcher(word).matches()).findFirst().ifPresent((word) -> {
				throw refused(line, name, "ADD names a git repository");
			});
		}
	}

	private static List<String> options(DockerfileLines.Instruction line) {
		List<String> options = new ArrayList<>();
		for (String word : words(line.rest())) {
			if (!word.startsWith("--")) {
				break;
			}
			options.add(word);
		}
		return options;
	}

	private static List<String> words(String text) {
		return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
	}

	private static StepFailure refused(DockerfileLines.Instruction line, String name, String reason) {
		String cut = (reason.length() > 120) ? reason.substring(0, 120) + "..." : reason;
		return StepFailure.ofPlatform("builder-needed",
				"%s line %d: %s. Docker's classic builder, which builds here, cannot do that; install buildah or podman on this host (Debian: apt-get install buildah)"
					.formatted(name, line.line(), cut.replaceAll("[^\\x20-\\x7e]", "?")));
	}

}
