package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

/**
 * A Docker daemon of our own, which shares nothing with one that may run on this host:
 * its socket, its images and its containerd lie in one folder.
 */
final class TestDaemon implements AutoCloseable {

	private final Path folder;

	private final Process process;

	TestDaemon(Path folder) throws IOException {
		this.folder = folder;
		Path log = folder.resolve("log");
		ProcessBuilder builder = new ProcessBuilder(HostPrograms.DAEMON.find("dockerd").orElseThrow().toString(),
				"--data-root", folder.resolve("data").toString(), "--exec-root", folder.resolve("exec").toString(),
				"--pidfile", folder.resolve("pid").toString(), "--host", "unix://" + socket(), "--bridge", "none",
				"--iptables=false", "--storage-driver", "vfs");
		builder.environment().put("PATH", HostPrograms.DAEMON.value());
		this.process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answersOrFails(log));
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	private boolean answersOrFails(Path log) throws IOException {
		if (!this.process.isAlive()) {
			throw new IllegalStateException("dockerd ended at once: " + Files.readString(log));
		}
		return Files.exists(socket()) && Files.readString(log).contains("API listen on");
	}

	Path socket() {
		return this.folder.resolve("docker.sock");
	}

	DockerDaemon daemon() {
		return new DockerDaemon(HostPrograms.PATH, socket());
	}

	List<String> images() throws Exception {
		return ask("image", "ls", "--all", "--quiet");
	}

	List<String> containers() throws Exception {
		return ask("container", "ls", "--all", "--quiet");
	}

	List<String> ask(String... question) throws Exception {
		return daemon().ask(this.folder.resolve("client"), List.of(question), new ChildCommands());
	}

	@Override
	public void close() throws IOException {
		this.process.destroy();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.descendants().forEach(ProcessHandle::destroyForcibly);
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
