package dev.imagefactory.bench;

import java.nio.file.Path;

import dev.imagefactory.system.ServiceProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Start-up and memory at rest. Results go to {@code target/benchmarks-start.md}. */
@Isolated
class StartBenchmark {

	private static final int STARTS = 5;

	@TempDir
	private Path folder;

	@Test
	void startsAndRests() {
		Results results = Results.in("benchmarks-start.md");
		for (int i = 0; i < STARTS; i++) {
			long start = System.nanoTime();
			try (ServiceProcess service = ServiceProcess.on(this.folder.resolve("data"))
				.jvm(System.getProperty("bench.jvm", DeliveriesBenchmark.JVM).split(" "))
				.start()) {
				results.say("Start to ready: %.2f s, resident memory then %d MB"
					.formatted((System.nanoTime() - start) / 1e9, Results.memory(service.pid())));
			}
		}
	}

}
