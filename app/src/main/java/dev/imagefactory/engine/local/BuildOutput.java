package dev.imagefactory.engine.local;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Listens to a builder's output: passes it on and keeps its end, to say why a build
 * failed. A builder tells its reasons in no other way than by text.
 */
final class BuildOutput implements Consumer<String> {

	private static final int KEPT_LINES = 40;

	private static final int SHOWN_CHARACTERS = 400;

	private static final String ERROR = "Error: ";

	/**
	 * How an error ends that a RUN has ended with; the text of the RUN stands before it.
	 */
	private static final Pattern OF_A_RUN = Pattern.compile("exit status \\d+$");

	private final Consumer<String> log;

	private final Deque<String> end = new ArrayDeque<>();

	private boolean ready;

	private boolean stepSeen;

	/**
	 * Listens to one build.
	 * @param log receives the lines
	 */
	BuildOutput(Consumer<String> log) {
		this.log = log;
	}

	@Override
	public synchronized void accept(String line) {
		if (!this.ready && line.equals(Jail.READY)) {
			this.ready = true;
			return;
		}
		this.stepSeen |= line.startsWith("STEP ");
		this.log.accept(line);
		if (!line.isBlank()) {
			this.end.addLast(line.strip());
		}
		if (this.end.size() > KEPT_LINES) {
			this.end.removeFirst();
		}
	}

	/**
	 * Puts a failed build into words.
	 * @param builder the builder's name
	 * @param exitCode its exit code
	 * @return the failure, the repository's or the platform's
	 */
	synchronized StepFailure failure(String builder, int exitCode) {
		if (said("no space left on device")) {
			return StepFailure.ofPlatform("disk-full",
					"The disk of this host was full while %s was building; free some space and run the build again"
						.formatted(builder));
		}
		if (!this.ready) {
			return StepFailure.ofPlatform("builder-broken",
					"%s could not be started in its jail (exit code %d): %s".formatted(builder, exitCode, lastLine()));
		}
		String error = error();
		if (error != null && error.contains("pinging container registry") && !OF_A_RUN.matcher(error).find()) {
			return StepFailure.ofPlatform("base-image-unreachable",
					"The registry of the base image could not be reached: %s. Run the build again when it answers, or correct the name after FROM"
						.formatted(cut(error)));
		}
		return StepFailure.ofRepository("build-failed", sentence(builder, exitCode, error));
	}

	private String sentence(String builder, int exitCode, @Nullable String error) {
		String last = lastLine();
		if (error == null) {
			return "%s ended with exit code %d; its last output was: %s".formatted(builder, exitCode, last);
		}
		if (!this.stepSeen || last.startsWith(ERROR)) {
			return "%s ended with exit code %d: %s".formatted(builder, exitCode, cut(error));
		}
		return "%s ended with exit code %d: %s; the last output before was: %s".formatted(builder, exitCode, cut(error),
				last);
	}

	private boolean said(String words) {
		return this.end.stream().anyMatch((line) -> line.toLowerCase(Locale.ROOT).contains(words));
	}

	/** The builder's own reason: what it says last, so that no RUN can say it instead. */
	private @Nullable String error() {
		return newestFirst().filter((line) -> line.startsWith(ERROR))
			.findFirst()
			.map((line) -> line.substring(ERROR.length()))
			.orElse(null);
	}

	private String lastLine() {
		return newestFirst()
			.filter((line) -> !line.startsWith(ERROR) && !line.startsWith("STEP ")
					&& !line.startsWith("subprocess exited with status"))
			.findFirst()
			.or(() -> newestFirst().findFirst())
			.map(BuildOutput::cut)
			.orElse("(it said nothing)");
	}

	private Stream<String> newestFirst() {
		return this.end.reversed().stream();
	}

	private static String cut(String line) {
		String clean = line.replaceAll("\\p{Cntrl}", "?");
		return (clean.length() > SHOWN_CHARACTERS) ? clean.substring(0, SHOWN_CHARACTERS) + "..." : clean;
	}

}
