package dev.imagefactory.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The account without rights as which some tests start the service. */
final class Nobody {

	private static final String ID = "65534";

	private static final List<String> BECOME = List.of("setpriv", "--reuid", ID, "--regid", ID, "--clear-groups");

	private Nobody() {
	}

	/** Skips the test where the account cannot be used. */
	static void need() {
		assumeTrue("root".equals(System.getProperty("user.name")), "only root can start the service as somebody else");
		assumeTrue(GitProject.Tools.has("setpriv"), "setpriv is not here: apt-get install util-linux");
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/buildah")), "buildah is not here: apt-get install buildah");
	}

	/** Skips the test where the account cannot have subordinate ids. */
	static void needSubordinateIds() {
		assumeTrue(GitProject.Tools.has("newuidmap"), "newuidmap is not here: apt-get install uidmap");
		assumeTrue(Files.exists(Path.of("/etc/subuid")) && Files.exists(Path.of("/etc/subgid")),
				"/etc/subuid and /etc/subgid are not here, so they cannot be covered with others");
	}

	/** What starts a program as this account. */
	static String[] starter() {
		return BECOME.toArray(String[]::new);
	}

	/**
	 * What starts a program as this account with subordinate ids: files that say so cover
	 * the host's, for that program alone.
	 * @param folder where the files are made
	 */
	static String[] starterWithSubordinateIds(Path folder) throws IOException {
		Path ids = Files.writeString(folder.resolve("subordinate-ids"), ID + ":200000:65536\n");
		String script = "mount --bind '%s' /etc/subuid && mount --bind '%s' /etc/subgid && exec %s \"$@\""
			.formatted(ids, ids, String.join(" ", BECOME));
		return new String[] { "unshare", "--mount", "sh", "-c", script, "sh" };
	}

	/**
	 * Lets the account read and start all that is in a folder.
	 */
	static void mayRead(Path folder) throws IOException {
		try (Stream<Path> all = Files.walk(folder)) {
			for (Path path : all.toList()) {
				Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
			}
		}
	}

	/**
	 * Gives a folder to the account.
	 */
	static void owns(Path folder) throws IOException {
		for (String attribute : List.of("unix:uid", "unix:gid")) {
			Files.setAttribute(folder, attribute, Integer.parseInt(ID), LinkOption.NOFOLLOW_LINKS);
		}
	}

}
