package dev.imagefactory;

import java.io.IOException;
import java.nio.channels.FileChannel;

import org.h2.store.fs.FilePathWrapper;

/**
 * A file system of H2's, to put before another, in which a file takes no write after one
 * has failed until it is opened again. When a write of H2's fails, on a full disk for
 * example, a thread that waited for its turn still writes the next version before H2
 * closes itself, and with luck its version finds room. That version leans on the one that
 * is missing, so the next start cannot read it; and because the file's header now names
 * it, H2 goes back to whatever version lies last in the file, which may be thousands of
 * commits old.
 * <p>
 * It is public because H2 makes its instances.
 */
public final class HaltingFilePath extends FilePathWrapper {

	/**
	 * The prefix that puts this file system before another.
	 */
	static final String PREFIX = "halting:";

	@Override
	public FileChannel open(String mode) throws IOException {
		return new HaltingFile(super.open(mode));
	}

	@Override
	public String getScheme() {
		return PREFIX.substring(0, PREFIX.length() - 1);
	}

}
