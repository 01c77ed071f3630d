package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.util.List;

import dev.imagefactory.engine.local.LocalSettings.BuilderChoice;

/** Chooses the builder of a run by the setting and by what works on this host. */
final class Builders {

	private final BuilderChoice setting;

	private final List<TriedBuilder> programs;

	private final ImageBuilder jib;

	/**
	 * Makes the choice ready; nothing is looked up yet.
	 * @param setting which builder is wanted
	 * @param programs build every Dockerfile; the first that works here is taken
	 * @param jib builds what needs no commands
	 */
	Builders(BuilderChoice setting, List<TriedBuilder> programs, ImageBuilder jib) {
		this.setting = setting;
		this.programs = List.copyOf(programs);
		this.jib = jib;
	}

	/**
	 * Chooses the builder for one run.
	 * @param scratch a folder for files of a trial, when one is made
	 * @param commands how to run programs
	 * @return the builder
	 * @throws StepFailure when the builder that the setting names does not work here
	 * @throws InterruptedException when the run is stopped
	 */
	ImageBuilder choose(Path scratch, Commands commands) throws InterruptedException {
		return switch (this.setting) {
			case JIB -> this.jib;
			case AUTO -> firstThatWorks(scratch, commands);
			case BUILDAH, PODMAN, DOCKER -> named(this.setting.wireName(), scratch, commands);
		};
	}

	private ImageBuilder firstThatWorks(Path scratch, Commands commands) throws InterruptedException {
		for (TriedBuilder program : this.programs) {
			if (program.works(scratch, commands)) {
				return program;
			}
		}
		return this.jib;
	}

	private ImageBuilder named(String name, Path scratch, Commands commands) throws InterruptedException {
		for (TriedBuilder program : this.programs) {
			if (program.name().equals(name)) {
				if (!program.works(scratch, commands)) {
					throw StepFailure.ofPlatform("builder-broken", program.complaint());
				}
				return program;
			}
		}
		throw new IllegalStateException("No builder is called " + name);
	}

}
