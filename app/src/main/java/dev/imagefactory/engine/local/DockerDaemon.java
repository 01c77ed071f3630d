package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The Docker daemon at one socket, spoken to with Docker's own client. Neither the
 * environment nor the account's Docker configuration can lead the client elsewhere or
 * give it credentials.
 */
final class DockerDaemon {

	private final SearchPath path;

	private final Path socket;

	/**
	 * Names a daemon; nothing is looked up yet.
	 * @param path where the client is looked up
	 * @param socket where the daemon listens
	 */
	DockerDaemon(SearchPath path, Path socket) {
		this.path = path;
		this.socket = socket.toAbsolutePath();
	}

	/**
	 * What keeps the daemon from being spoken to at all.
	 * @return a sentence that says what to do; null when nothing is known of that kind
	 */
	@Nullable String obstacle() {
		if (this.path.find("docker").isEmpty()) {
			return "docker is not on the PATH of this service; install it (Debian: apt-get install docker.io)";
		}
		if (!Files.exists(this.socket)) {
			return ("No Docker daemon listens at %s; start it, or set image-factory.local.docker-socket to where it "
					+ "does")
				.formatted(this.socket);
		}
		if (!Files.isWritable(this.socket)) {
			return ("This service may not use the Docker daemon at %s; add its account to the group docker, which "
					+ "makes it as mighty as root on this host")
				.formatted(this.socket);
		}
		return null;
	}

	/**
	 * Runs the client to its end.
	 * @param home a folder for the client's own files
	 * @param arguments what it shall do
	 * @param commands how to run programs
	 * @param output receives what it says
	 * @return its exit code
	 * @throws IOException when it cannot be started
	 * @throws InterruptedException when the run is stopped
	 */
	int run(Path home, List<String> arguments, Commands commands, Consumer<String> output)
			throws IOException, InterruptedException {
		Files.createDirectories(home);
		Optional<Path> client = this.path.find("docker");
		List<String> all = new ArrayList<>(List.of(client.map(Path::toString).orElse("docker"), "--config",
				home.resolve("docker").toString(), "--host", "unix://" + this.socket));
		all.addAll(arguments);
		// The classic builder stops with its client, and needs no program beside it.
		Map<String, String> environment = Map.of("PATH", this.path.value(), "HOME", home.toString(), "LANG", "C.UTF-8",
				"DOCKER_BUILDKIT", "0");
		return commands.run(new Command(all, environment, home), output);
	}

	/**
	 * Asks the daemon something.
	 * @param home a folder for the client's own files
	 * @param arguments what to ask
	 * @param commands how to run programs
	 * @return the lines of the answer, error output among them
	 * @throws IOException when the client cannot be started
	 * @throws InterruptedException when the run is stopped
	 */
	List<String> ask(Path home, List<String> arguments, Commands commands) throws IOException, InterruptedException {
		List<String> lines = Collections.synchronizedList(new ArrayList<>());
		run(home, arguments, commands, lines::add);
		return List.copyOf(lines);
	}

	/**
	 * Reads the daemon's clock, which need not agree with ours.
	 * @param home a folder for the client's own files
	 * @param commands how to run programs
	 * @return its time
	 * @throws IOException when the client cannot be started
	 * @throws StepFailure when the daemon does not answer
	 * @throws InterruptedException when the run is stopped
	 */
	Instant time(Path home, Commands commands) throws IOException, InterruptedException {
		List<String> answer = ask(home, List.of("info", "--format", "{{.SystemTime}}"), commands);
		try {
			return OffsetDateTime.parse(answer.isEmpty() ? "" : answer.getFirst()).toInstant();
		}
		catch (DateTimeException ex) {
			throw StepFailure.ofPlatform("builder-broken",
					"The Docker daemon at %s does not answer: %s".formatted(this.socket, String.join(" ", answer)));
		}
	}

}
