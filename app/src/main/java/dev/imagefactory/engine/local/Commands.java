package dev.imagefactory.engine.local;

import java.io.IOException;
import java.util.function.Consumer;

/** Runs child processes that end with the run they belong to. */
interface Commands {

	/**
	 * Runs a program to its end. The child is recorded before it does anything, so that a
	 * later start of the service can end it when this process is killed.
	 * @param command what to run
	 * @param output receives every line of its output and error output
	 * @return the exit code
	 * @throws IOException when the program cannot be started
	 * @throws InterruptedException when the run is stopped; the child and its descendants
	 * are dead then
	 */
	int run(Command command, Consumer<String> output) throws IOException, InterruptedException;

}
