package dev.imagefactory.engine.local;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The living processes of this host at one moment. On Linux it is read from {@code /proc}
 * (proc(5)): start times there are exact, while Java's differ between two virtual
 * machines, and sessions are known. Elsewhere there are no sessions and no environments.
 */
final class ProcessTable {

	private static final Path PROC = Path.of("/proc");

	private static final Path BOOT = PROC.resolve("sys/kernel/random/boot_id");

	private static final Path NUMBERS = PROC.resolve("self/ns/pid");

	private static final long NO_SESSION = -1;

	private final Map<Long, Entry> entries;

	private ProcessTable(Map<Long, Entry> entries) {
		this.entries = entries;
	}

	/**
	 * Reads the table; processes that are dead but not collected are not in it.
	 * @return the processes by number
	 */
	static ProcessTable read() {
		return Files.isReadable(BOOT) ? new ProcessTable(readLinux()) : new ProcessTable(readAnywhere());
	}

	/**
	 * All processes.
	 * @return by their numbers
	 */
	Map<Long, Entry> entries() {
		return this.entries;
	}

	/**
	 * Whether a process lives, and is not a later one with its number.
	 * @param process the process
	 * @return false when it is dead
	 */
	boolean holds(ChildProcess process) {
		Entry entry = this.entries.get(process.pid());
		return entry != null && entry.start().equals(process.start());
	}

	/**
	 * Tells a living process apart from later ones with its number.
	 * @param pid its number
	 * @return empty when it is dead
	 */
	static Optional<ChildProcess> identify(long pid) {
		Entry entry = Files.isReadable(BOOT) ? linuxEntry(PROC.resolve(Long.toString(pid)), boot())
				: ProcessHandle.of(pid).map(ProcessTable::entry).orElse(null);
		return Optional.ofNullable(entry).map((found) -> new ChildProcess(pid, found.start()));
	}

	/**
	 * Whether a process was started with a variable of this value.
	 * @param pid the process
	 * @param assignment {@code NAME=value}
	 * @return false when not, or when its environment may not be read
	 */
	static boolean hasVariable(long pid, String assignment) {
		try {
			String environment = text(PROC.resolve(pid + "/environ"));
			return ("\0" + environment + "\0").contains("\0" + assignment + "\0");
		}
		catch (IOException | SecurityException ex) {
			return false;
		}
	}

	private static Map<Long, Entry> readLinux() {
		Map<Long, Entry> entries = new HashMap<>();
		String boot = boot();
		try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
			for (Path folder : folders) {
				Entry entry = linuxEntry(folder, boot);
				if (entry != null) {
					entries.put(entry.pid(), entry);
				}
			}
			return entries;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot list the processes of this host in /proc", ex);
		}
	}

	/** Containers of one boot count their processes each from 1 (pid_namespaces(7)). */
	private static String boot() {
		try {
			return text(BOOT).strip() + "@" + Files.readSymbolicLink(NUMBERS).toString().replaceAll("[^0-9]", "");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot tell this boot apart by " + BOOT + " and " + NUMBERS, ex);
		}
	}

	/** The name in parentheses may itself hold spaces and parentheses. */
	private static @Nullable Entry linuxEntry(Path folder, String boot) {
		try {
			String stat = text(folder.resolve("stat"));
			String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
			char state = fields[0].charAt(0);
			if (state == 'Z' || state == 'X') {
				return null;
			}
			long pid = Long.parseLong(folder.getFileName().toString());
			long ticks = Long.parseLong(fields[19]);
			return new Entry(pid, Long.parseLong(fields[1]), Long.parseLong(fields[3]), ticks, boot + "/" + ticks);
		}
		catch (IOException | IndexOutOfBoundsException | NumberFormatException ex) {
			// It ended while we looked.
			return null;
		}
	}

	/**
	 * Not by a channel: those fail in an interrupted thread, and the table would look
	 * empty.
	 */
	private static String text(Path file) throws IOException {
		try (FileInputStream content = new FileInputStream(file.toFile())) {
			return new String(content.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	private static Map<Long, Entry> readAnywhere() {
		Map<Long, Entry> entries = new HashMap<>();
		ProcessHandle.allProcesses()
			.filter(ProcessHandle::isAlive)
			.map(ProcessTable::entry)
			.forEach((entry) -> entries.put(entry.pid(), entry));
		return entries;
	}

	private static Entry entry(ProcessHandle handle) {
		long parent = handle.parent().map(ProcessHandle::pid).orElse(0L);
		long start = handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
		return new Entry(handle.pid(), parent, NO_SESSION, start, "at/" + start);
	}

	/**
	 * A living process.
	 *
	 * @param pid its number
	 * @param parent its parent's number
	 * @param session its session, or -1 when the host does not say
	 * @param order grows with the start time
	 * @param start when it began, as in {@link ChildProcess#start()}
	 */
	record Entry(long pid, long parent, long session, long order, String start) {

		/**
		 * This process, told apart from later ones with its number.
		 * @return its identity
		 */
		ChildProcess identity() {
			return new ChildProcess(this.pid, this.start);
		}

	}

}
