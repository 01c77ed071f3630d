package dev.imagefactory.engine.local;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Listens to Docker's client: passes its output on and keeps the end, to say why a build
 * failed. The client tells its reasons in no other way than by text; its own come last.
 */
final class DockerOutput implements Consumer<String> {

	private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

	private static final int KEPT_LINES = 40;

	private static final int SHOWN_CHARACTERS = 400;

	private static final List<String> NO_DAEMON = List.of("cannot connect to the docker daemon", "error during connect",
			"permission denied while trying to connect", "unexpected eof");

	private static final List<String> NO_REGISTRY = List.of("dial tcp", "no such host", "i/o timeout",
			"connection refused", "tls handshake timeout", "net/http", "server misbehaving", "toomanyrequests");

	private static final List<String> OF_THE_CLIENT = List.of("Step ", " ---> ", "---> ", "Removing intermediate",
			"Sending build context");

	private final Consumer<String> log;

	private final Deque<String> end = new ArrayDeque<>();

	private String step = "";

	/**
	 * Listens to one build.
	 * @param log receives the lines
	 */
	DockerOutput(Consumer<String> log) {
		this.log = log;
	}

	@Override
	public synchronized void accept(String raw) {
		// The client paints what a step writes to its error output.
		String line = COLOUR.matcher(raw).replaceAll("");
		this.log.accept(line);
		if (line.startsWith("Step ")) {
			forgetGreeting();
			this.step = line;
		}
		if (!line.isBlank()) {
			this.end.addLast(line.strip());
		}
		if (this.end.size() > KEPT_LINES) {
			this.end.removeFirst();
		}
	}

	/** What the client says before it begins is no reason, such as that it is old. */
	private void forgetGreeting() {
		if (this.step.isEmpty()) {
			this.end.clear();
		}
	}

	/**
	 * Puts a failed build into words.
	 * @param exitCode the client's exit code
	 * @return the failure, the repository's or the platform's
	 */
	synchronized StepFailure failure(int exitCode) {
		String reason = this.end.isEmpty() ? "(it said nothing)" : this.end.peekLast();
		if (saysOneOf(String.join(" ", this.end), List.of("no space left on device"))) {
			return StepFailure.ofPlatform("disk-full",
					"The disk of this host was full while docker was building; free some space and run the build again");
		}
		if (saysOneOf(reason, NO_DAEMON)) {
			return StepFailure.ofPlatform("builder-broken",
					"The Docker daemon does not answer (exit code %d): %s".formatted(exitCode, cut(reason)));
		}
		if (this.step.matches("Step \\S+ : FROM .*") && saysOneOf(reason, NO_REGISTRY)) {
			return StepFailure.ofPlatform("base-image-unreachable",
					"The registry of the base image could not be reached: %s".formatted(cut(reason)));
		}
		return StepFailure.ofRepository("build-failed", sentence(exitCode, reason));
	}

	private String sentence(int exitCode, String reason) {
		if (this.step.isEmpty()) {
			return "docker ended with exit code %d: %s".formatted(exitCode, cut(reason));
		}
		String last = lastOutput().findFirst().map((line) -> "; the last output before was: " + cut(line)).orElse("");
		return "docker ended with exit code %d in %s: %s%s".formatted(exitCode, cut(this.step), cut(reason), last);
	}

	private Stream<String> lastOutput() {
		return this.end.reversed()
			.stream()
			.skip(1)
			.filter((line) -> OF_THE_CLIENT.stream().noneMatch((start) -> line.startsWith(start.strip())));
	}

	private static boolean saysOneOf(String text, List<String> words) {
		String lower = text.toLowerCase(Locale.ROOT);
		return words.stream().anyMatch(lower::contains);
	}

	private static String cut(String line) {
		String clean = line.replaceAll("\\p{Cntrl}", "?");
		return (clean.length() > SHOWN_CHARACTERS) ? clean.substring(0, SHOWN_CHARACTERS) + "..." : clean;
	}

}
