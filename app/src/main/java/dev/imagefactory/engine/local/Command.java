package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program to run as a child process.
 *
 * @param arguments the program and its arguments
 * @param environment the child's whole environment; nothing is inherited
 * @param directory where it runs
 */
record Command(List<String> arguments, Map<String, String> environment, Path directory) {

	Command {
		arguments = List.copyOf(arguments);
		environment = Map.copyOf(environment);
	}

}
