package dev.imagefactory.engine.local;

import java.nio.file.Path;

import dev.imagefactory.engine.local.LocalSettings.BuilderChoice;

/** Chooses the builder of a run by the setting and by what works on this host. */
final class Builders {

	private final BuilderChoice setting;

	private final BuildahBuilder buildah;

	private final ImageBuilder jib;

	/**
	 * Makes the choice ready; nothing is looked up yet.
	 * @param setting which builder is wanted
	 * @param buildah builds every Dockerfile
	 * @param jib builds what needs no commands
	 */
	Builders(BuilderChoice setting, BuildahBuilder buildah, ImageBuilder jib) {
		this.setting = setting;
		this.buildah = buildah;
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
			case AUTO -> this.buildah.works(scratch, commands) ? this.buildah : this.jib;
			case BUILDAH -> {
				if (!this.buildah.works(scratch, commands)) {
					throw StepFailure.ofPlatform("builder-broken", this.buildah.complaint());
				}
				yield this.buildah;
			}
		};
	}

}
