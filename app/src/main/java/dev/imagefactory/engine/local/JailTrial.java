package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the kind of jail in which a program can build on this host, by building in it.
 */
final class JailTrial {

	private static final Logger logger = LoggerFactory.getLogger(JailTrial.class);

	private final SearchPath path;

	private final JailedProgram program;

	private final JailedBuild builds;

	private final Trial<Jail> trial;

	/**
	 * Prepares the trial; nothing is tried yet.
	 * @param path where programs are looked up
	 * @param program what is tried
	 * @param builds builds with it
	 * @param clock tells when a failed trial may be repeated
	 */
	JailTrial(SearchPath path, JailedProgram program, JailedBuild builds, InstantSource clock) {
		this.path = path;
		this.program = program;
		this.builds = builds;
		this.trial = new Trial<>(program.program(), clock);
	}

	/**
	 * Finds the kind of jail, trying when first asked.
	 * @param scratch a folder for the trial's files
	 * @param commands how to run programs
	 * @return the jail; empty when the program is missing or does not work
	 * @throws InterruptedException when the run is stopped
	 */
	Optional<Jail> jail(Path scratch, Commands commands) throws InterruptedException {
		String name = this.program.program();
		if (this.path.find(name).isEmpty()) {
			this.trial.cannotBegin("%s is not on the PATH of this service; install it (Debian: apt-get install %s)"
				.formatted(name, name));
			return Optional.empty();
		}
		return this.trial.result(() -> tryAll(scratch, commands));
	}

	/**
	 * Why the program cannot be used.
	 * @return a sentence; meaningful after {@link #jail} answered with nothing
	 */
	String complaint() {
		return this.trial.complaint();
	}

	private Jail tryAll(Path scratch, Commands commands) throws InterruptedException {
		List<String> reasons = new ArrayList<>();
		for (Jail jail : Jail.values()) {
			try {
				Trial.build(scratch, (request) -> this.builds.build(jail, request, commands, (line) -> {
				}));
				logger.info("{} works on this host; its builds run {}", this.program.program(), jail.description());
				return jail;
			}
			catch (StepFailure ex) {
				reasons.add(ex.getMessage());
			}
		}
		throw StepFailure.ofPlatform("builder-broken",
				"%s is on the PATH but cannot build in a jail on this host: %s. It needs root, or an account with subordinate ids (package uidmap, /etc/subuid and /etc/subgid)"
					.formatted(this.program.program(), String.join("; ", reasons.stream().distinct().toList())));
	}

}
