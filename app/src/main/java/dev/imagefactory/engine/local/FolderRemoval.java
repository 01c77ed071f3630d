package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Path;

import dev.imagefactory.pipeline.BuildId;

/** Removes what a run leaves on this host. */
@FunctionalInterface
interface FolderRemoval {

	/**
	 * Removes a folder with all that is in it; links are not followed.
	 * @param folder the folder, which need not exist
	 * @param build whose it is
	 * @throws IOException when something of it cannot be removed, or the thread was
	 * interrupted
	 */
	void remove(Path folder, BuildId build) throws IOException;

}
