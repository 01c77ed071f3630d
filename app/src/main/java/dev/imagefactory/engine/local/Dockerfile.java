package dev.imagefactory.engine.local;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Dockerfile of one stage on {@code scratch} that adds files and metadata and runs
 * nothing.
 *
 * @param instructions what it asks for, in order, variables put in
 */
record Dockerfile(List<Instruction> instructions) {

	Dockerfile {
		instructions = List.copyOf(instructions);
	}

	/**
	 * Reads a Dockerfile.
	 * @param text its whole text
	 * @return what it asks for
	 * @throws DockerfileRefused when it is wrong or asks for more than this
	 */
	static Dockerfile parse(String text) {
		return new Dockerfile(new DockerfileReader(DockerfileLines.of(text)).read());
	}

	/** One thing it asks for. */
	sealed interface Instruction {

	}

	/**
	 * Adds files of the context.
	 *
	 * @param line where it stands
	 * @param sources paths or patterns in the context
	 * @param destination where they go; relative to the working directory
	 * @param owner {@code uid:gid} of the files
	 * @param unpacks whether archives would be unpacked (ADD)
	 */
	record Copy(int line, List<String> sources, String destination, String owner,
			boolean unpacks) implements Instruction {

		Copy {
			sources = List.copyOf(sources);
		}

	}

	/**
	 * Sets labels.
	 *
	 * @param labels names and values
	 */
	record Label(Map<String, String> labels) implements Instruction {

		Label {
			// In order, so that equal Dockerfiles give equal images.
			labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
		}

	}

	/**
	 * Sets variables of the environment.
	 *
	 * @param variables names and values
	 */
	record Env(Map<String, String> variables) implements Instruction {

		Env {
			variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
		}

	}

	/**
	 * Sets the user to run as.
	 *
	 * @param user name or number, with or without group
	 */
	record User(String user) implements Instruction {

	}

	/**
	 * Sets the working directory.
	 *
	 * @param path absolute, or relative to the one before
	 */
	record Workdir(String path) implements Instruction {

	}

	/**
	 * Names ports.
	 *
	 * @param line where it stands
	 * @param ports such as {@code 80}, {@code 53/udp} or {@code 8000-8010}
	 */
	record Expose(int line, List<String> ports) implements Instruction {

		Expose {
			ports = List.copyOf(ports);
		}

	}

	/**
	 * Sets the program to run.
	 *
	 * @param arguments the program and its first arguments
	 */
	record Entrypoint(List<String> arguments) implements Instruction {

		Entrypoint {
			arguments = List.copyOf(arguments);
		}

	}

	/**
	 * Sets the default arguments.
	 *
	 * @param arguments the arguments
	 */
	record Cmd(List<String> arguments) implements Instruction {

		Cmd {
			arguments = List.copyOf(arguments);
		}

	}

}
