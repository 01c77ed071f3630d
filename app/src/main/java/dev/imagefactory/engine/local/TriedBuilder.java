package dev.imagefactory.engine.local;

import java.nio.file.Path;

/**
 * A builder that is a program of this host, used only when it has really built an image
 * here: a program on the PATH proves nothing.
 */
interface TriedBuilder extends ImageBuilder {

	/**
	 * Whether it works here; it is tried when first asked.
	 * @param scratch a folder for the trial's files
	 * @param commands how to run programs
	 * @return whether {@link #build} can be expected to work
	 * @throws InterruptedException when the run is stopped
	 */
	boolean works(Path scratch, Commands commands) throws InterruptedException;

	/**
	 * Why it cannot be used.
	 * @return a sentence; meaningful after {@link #works} said no
	 */
	String complaint();

}
