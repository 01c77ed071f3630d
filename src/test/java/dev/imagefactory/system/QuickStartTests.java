package dev.imagefactory.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What most system tests start the service with. */
class QuickStartTests {

	private static final Path JAR = Path.of(System.getProperty("service.jar", "target/image-factory.jar"));

	@TempDir
	private Path folder;

	@Test
	void ofWhenTheJarIsTheServiceIsAnArchiveThatTheJvmTakes() throws Exception {
		List<String> options = QuickStart.of(JAR);
		assertThat(options).startsWith("-XX:SharedArchiveFile=" + archiveOf(options)).contains("-Xshare:auto", "-jar");
		List<String> command = new ArrayList<>(ServiceProcess.JAVA);
		command.addAll(List.of("-XX:TieredStopAtLevel=1", options.getFirst(), "-Xshare:on", "-cp", options.getLast(),
				"-version"));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(output).isZero();
	}

	@Test
	void ofWhenTheJarCannotBeTakenApartIsTheJarItself() throws IOException {
		Path broken = Files.writeString(this.folder.resolve("broken.jar"), "not a jar");
		assertThat(QuickStart.of(broken)).containsExactly("-jar", broken.toString());
	}

	private static String archiveOf(List<String> options) {
		return Path.of(options.getLast()).getParent().resolveSibling("classes.jsa").toString();
	}

}
