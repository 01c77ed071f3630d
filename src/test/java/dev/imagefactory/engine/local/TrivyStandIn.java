package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A program that behaves like Trivy for the flags we use and decides by what is in the
 * scanned image: every line of its file {@code /vulnerable.txt} is a finding
 * ({@code id package installed fixedIn-or-dash severity}), a file {@code /end-of-life}
 * makes its operating system outdated. It needs sh, tar, gzip, sed, grep, awk and
 * sha256sum.
 */
public final class TrivyStandIn {

	private TrivyStandIn() {
	}

	/**
	 * Puts the program into a folder.
	 * @param folder the folder, to be put on a PATH before tools of the system
	 * @return the program
	 * @throws IOException when it cannot be written
	 */
	public static Path plant(Path folder) throws IOException {
		Path program = Files.createDirectories(folder).resolve("trivy");
		try (InputStream script = TrivyStandIn.class.getResourceAsStream("trivy.sh")) {
			Files.copy(script, program, StandardCopyOption.REPLACE_EXISTING);
		}
		return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

}
