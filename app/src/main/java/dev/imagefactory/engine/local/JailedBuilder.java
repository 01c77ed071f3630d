package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;

/**
 * Builds with a program in a {@link Jail}, once that has shown that it can build here.
 */
final class JailedBuilder implements TriedBuilder {

	private final JailedProgram program;

	private final JailedBuild builds;

	private final JailTrial trial;

	/**
	 * Makes the builder; nothing is looked up yet.
	 * @param program what builds
	 * @param path where programs are looked up
	 * @param clock tells when a failed trial may be repeated
	 */
	JailedBuilder(JailedProgram program, SearchPath path, InstantSource clock) {
		this.program = program;
		this.builds = new JailedBuild(program, path);
		this.trial = new JailTrial(path, program, this.builds, clock);
	}

	@Override
	public String name() {
		return this.program.program();
	}

	@Override
	public boolean works(Path scratch, Commands commands) throws InterruptedException {
		return this.trial.jail(scratch, commands).isPresent();
	}

	@Override
	public String complaint() {
		return this.trial.complaint();
	}

	@Override
	public Digest build(Request request, Commands commands, Consumer<String> log) throws InterruptedException {
		Jail jail = this.trial.jail(request.scratch(), commands)
			.orElseThrow(() -> StepFailure.ofPlatform("builder-broken", complaint()));
		return this.builds.build(jail, request, commands, log);
	}

}
