package dev.imagefactory;

import java.nio.file.Path;

/** How the service addresses its embedded database, for tests of other packages. */
public final class TestEmbeddedDatabase {

	private TestEmbeddedDatabase() {
	}

	/** Only the patience with locks is another: that of a busy machine. */
	public static String url(Path dataDirectory) {
		return EmbeddedDatabase.url(EmbeddedDatabase.FILE_SYSTEM, dataDirectory)
			.replaceFirst("LOCK_TIMEOUT=[0-9]+", "LOCK_TIMEOUT=30000");
	}

	/** Where H2 keeps the whole of it. */
	public static Path file(Path dataDirectory) {
		return dataDirectory.resolve("db").resolve("image-factory.mv.db");
	}

}
