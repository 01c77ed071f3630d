package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;

/** Builds with buildah, once it has shown that it can build on this host. */
final class BuildahBuilder implements ImageBuilder {

	private final JailedBuildah buildah;

	private final BuildahProbe probe;

	/**
	 * Makes the builder; nothing is looked up yet.
	 * @param path where programs are looked up
	 * @param clock tells when a failed probe may be repeated
	 */
	BuildahBuilder(SearchPath path, InstantSource clock) {
		this.buildah = new JailedBuildah(path);
		this.probe = new BuildahProbe(path, this.buildah, clock);
	}

	@Override
	public String name() {
		return "buildah";
	}

	/**
	 * Whether buildah works here; it is tried when first asked.
	 * @param scratch a folder for the trial's files
	 * @param commands how to run programs
	 * @return whether {@link #build} can be expected to work
	 * @throws InterruptedException when the run is stopped
	 */
	boolean works(Path scratch, Commands commands) throws InterruptedException {
		return this.probe.jail(scratch, commands).isPresent();
	}

	/**
	 * Why buildah cannot be used.
	 * @return a sentence; meaningful after {@link #works} said no
	 */
	String complaint() {
		return this.probe.complaint();
	}

	@Override
	public Digest build(Request request, Commands commands, Consumer<String> log) throws InterruptedException {
		Jail jail = this.probe.jail(request.scratch(), commands)
			.orElseThrow(() -> StepFailure.ofPlatform("builder-broken", complaint()));
		return this.buildah.build(jail, request, commands, log);
	}

}
