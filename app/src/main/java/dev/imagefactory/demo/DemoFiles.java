package dev.imagefactory.demo;

import java.nio.file.Path;

/**
 * Where the demo keeps its things.
 *
 * @param root an absolute folder inside the data directory
 */
record DemoFiles(Path root) {

	static DemoFiles in(Path dataDirectory) {
		return new DemoFiles(dataDirectory.toAbsolutePath().normalize().resolve("demo"));
	}

	Path repository() {
		return this.root.resolve("hello");
	}

	Path webhookSecret() {
		return this.root.resolve("webhook-secret");
	}

}
