package dev.imagefactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells this host from others, as far as processes see each other: two containers on one
 * machine do not, and neither do two boots of it.
 */
final class HostIdentity {

	private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

	private static final Path PROCESSES = Path.of("/proc/self/ns/pid");

	private HostIdentity() {
	}

	/**
	 * This host (proc(5), pid_namespaces(7)); where there is no {@code /proc}, its name.
	 * @return at most 100 characters
	 */
	static String ofThisHost() {
		try {
			return Files.readString(BOOT).strip() + "/" + Files.readSymbolicLink(PROCESSES);
		}
		catch (IOException ex) {
			return cut("name/" + name());
		}
	}

	private static String name() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			return "unknown";
		}
	}

	private static String cut(String name) {
		return (name.length() > 100) ? name.substring(0, 100) : name;
	}

}
