package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.imagefactory.pipeline.BuildId;

/**
 * The files of one run while it runs, in {@code <data-dir>/work/<build>}.
 *
 * @param root the folder itself
 * @param build the run's name
 * @param removal removes it
 */
record WorkFolder(Path root, BuildId build, FolderRemoval removal) {

	/**
	 * The folder of a run.
	 * @param dataDirectory the service's data directory
	 * @param build the run's name
	 * @param removal removes it
	 * @return its folder, which need not exist
	 */
	static WorkFolder of(Path dataDirectory, BuildId build, FolderRemoval removal) {
		return new WorkFolder(dataDirectory.toAbsolutePath().resolve("work").resolve(build.value()), build, removal);
	}

	/**
	 * Where the commit is checked out.
	 * @return the folder
	 */
	Path source() {
		return this.root.resolve("src");
	}

	/**
	 * Where the image is made.
	 * @return the folder of the OCI layout
	 */
	Path layout() {
		return this.root.resolve("out");
	}

	/**
	 * Where a step may leave its own files.
	 * @param step the step's name
	 * @return the folder
	 */
	Path scratch(String step) {
		return this.root.resolve(step + "-scratch");
	}

	/** Makes the folder, empty. */
	void makeEmpty() {
		delete();
		make(this.root);
	}

	/**
	 * Makes a folder in it.
	 * @param folder the folder
	 * @return the same folder
	 */
	Path make(Path folder) {
		try {
			return Files.createDirectories(folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot make the folder " + folder, ex);
		}
	}

	/** Removes the folder with all that is in it; links are not followed. */
	void delete() {
		try {
			this.removal.remove(this.root, this.build);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot remove the folder %s: %s".formatted(this.root, ex.getMessage()), ex);
		}
	}

}
