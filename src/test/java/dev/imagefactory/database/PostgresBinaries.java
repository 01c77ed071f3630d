package dev.imagefactory.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.tukaani.xz.XZInputStream;

import org.springframework.util.FileSystemUtils;

/**
 * The programs of a PostgreSQL, unpacked once per machine, and how they are started:
 * PostgreSQL refuses to run as root, so root hands it to nobody.
 */
final class PostgresBinaries {

	private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

	/**
	 * Files here cost a tenth to make, and a new database has three hundred; like the
	 * disk it keeps them when a server is killed.
	 */
	private static final Path MEMORY = Path.of("/dev/shm");

	/** More than one server needs; a container's default, 64 MB, is too little. */
	private static final long ROOM = 2L << 30;

	private static final List<String> OF_NOBODY = List.of("setpriv", "--reuid=65534", "--regid=65534",
			"--clear-groups");

	private final Path home;

	private final List<String> prefix;

	private PostgresBinaries(Path home, List<String> prefix) {
		this.home = home;
		this.prefix = prefix;
	}

	/**
	 * Finds or unpacks the programs.
	 * @return the programs
	 * @throws TestAbortedException when this machine cannot run them
	 */
	static PostgresBinaries unpacked() {
		URL archive = PostgresBinaries.class.getResource(ARCHIVE);
		if (archive == null || !"amd64".equals(System.getProperty("os.arch"))) {
			throw new TestAbortedException("PostgreSQL is not tested here: its binaries are for Linux on x86-64");
		}
		return new PostgresBinaries(home(archive), prefix());
	}

	/** The processes beside us may unpack at the same moment: the last step is atomic. */
	private static Path home(URL archive) {
		Path shared = temporary();
		Path home = shared.resolve(
				"image-factory-postgres-" + Integer.toHexString(Objects.hash(archive, uid(Path.of("/proc/self")))));
		try {
			if (!Files.isDirectory(home)) {
				Path fresh = Files.createTempDirectory(shared, "image-factory-postgres-unpacked-");
				unpack(archive, fresh);
				home = moved(fresh, home);
			}
			return home;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void unpack(URL archive, Path target) throws IOException {
		try (InputStream packed = archive.openStream();
				TarArchiveInputStream files = new TarArchiveInputStream(new XZInputStream(packed))) {
			for (TarArchiveEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
				Path path = target.resolve(file.getName()).normalize();
				Files.createDirectories(path.getParent());
				if (file.isDirectory()) {
					Files.createDirectories(path);
				}
				else if (file.isSymbolicLink()) {
					Files.createSymbolicLink(path, Path.of(file.getLinkName()));
				}
				else {
					Files.copy(files, path);
					path.toFile().setExecutable((file.getMode() & 0100) != 0, false);
				}
			}
		}
		target.toFile().setReadable(true, false);
		target.toFile().setExecutable(true, false);
	}

	private static Path moved(Path fresh, Path home) throws IOException {
		if (!fresh.toFile().renameTo(home.toFile())) {
			FileSystemUtils.deleteRecursively(fresh);
		}
		return home;
	}

	/**
	 * In a user namespace without a mapping root is nobody and still reaches its own
	 * files; where the system forbids those, becoming nobody is left.
	 */
	private static List<String> prefix() {
		if (uid(Path.of("/proc/self")) != 0) {
			return List.of();
		}
		for (List<String> prefix : List.of(List.of("unshare", "--user"), OF_NOBODY)) {
			if (works(prefix)) {
				return prefix;
			}
		}
		throw new TestAbortedException("PostgreSQL is not tested here: it does not run as root. "
				+ "Install unshare or setpriv (util-linux), or run the tests as another user");
	}

	private static boolean works(List<String> prefix) {
		List<String> command = new ArrayList<>(prefix);
		command.addAll(List.of("id", "-un"));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			String user = new String(process.getInputStream().readAllBytes()).strip();
			return process.waitFor() == 0 && !user.equals("root");
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	private static int uid(Path path) {
		try {
			return (Integer) Files.getAttribute(path, "unix:uid");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A folder that only the programs can use.
	 * @param durable whether it must lie on the disk; otherwise it lies in memory where
	 * there is room
	 * @return a new, empty folder
	 */
	Path folder(boolean durable) {
		try {
			Path folder = Files.createTempDirectory(durable ? temporary() : quickest(), "image-factory-postgres-data-");
			if (this.prefix.equals(OF_NOBODY)) {
				Files.setAttribute(folder, "unix:uid", 65534);
			}
			return folder;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path quickest() throws IOException {
		boolean roomy = Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM;
		return roomy ? MEMORY : temporary();
	}

	private static Path temporary() {
		return Path.of(System.getProperty("java.io.tmpdir"));
	}

	/**
	 * Runs a program until it ends well.
	 * @param program its name
	 * @param arguments what it is told
	 */
	void run(String program, String... arguments) {
		try {
			Process process = command(program, arguments).redirectErrorStream(true).start();
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes());
			if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
				throw new IllegalStateException("%s %s failed: %s".formatted(program, List.of(arguments), output));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	/**
	 * Prepares a program that becomes the started process itself.
	 * @param program its name
	 * @param arguments what it is told
	 * @return the process to be
	 */
	ProcessBuilder command(String program, String... arguments) {
		List<String> command = new ArrayList<>(this.prefix);
		command.add(this.home.resolve("bin").resolve(program).toString());
		command.addAll(List.of(arguments));
		ProcessBuilder process = new ProcessBuilder(command);
		process.environment().keySet().removeIf((name) -> name.startsWith("PG"));
		process.environment().put("LC_ALL", "C");
		return process;
	}

	/**
	 * Keeps an interrupt.
	 * @param cause the interrupt
	 * @return what to throw
	 */
	static IllegalStateException interrupted(@Nullable InterruptedException cause) {
		Thread.currentThread().interrupt();
		return new IllegalStateException("Interrupted", cause);
	}

}
