package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

import dev.imagefactory.source.InvalidValue;

/** Chooses the builder of a run by the setting and by what works on this host. */
final class Builders {

	private final Setting setting;

	private final BuildahBuilder buildah;

	private final ImageBuilder jib;

	/**
	 * Makes the choice ready; nothing is looked up yet.
	 * @param setting which builder is wanted
	 * @param buildah builds every Dockerfile
	 * @param jib builds what needs no commands
	 */
	Builders(Setting setting, BuildahBuilder buildah, ImageBuilder jib) {
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

	/** The values of the setting {@code local.builder}. */
	enum Setting {

		/** The first that works: buildah, otherwise Jib. */
		AUTO,

		/** Buildah and nothing else. */
		BUILDAH,

		/** Jib and nothing else; Dockerfiles that run commands fail. */
		JIB;

		/**
		 * Reads the setting.
		 * @param value the text
		 * @return the choice
		 * @throws InvalidValue when there is no such builder
		 */
		static Setting of(String value) {
			return Arrays.stream(values())
				.filter((setting) -> setting.name().toLowerCase(Locale.ROOT).equals(value))
				.findFirst()
				.orElseThrow(() -> new InvalidValue("builder", value, "expected auto, buildah or jib"));
		}

	}

}
