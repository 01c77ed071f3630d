package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;

/**
 * The smallest Linux program, which ends at once with exit code 0: an ELF header, one
 * program header and the system call {@code exit(0)}. An empty image has nothing to run,
 * and a host need not have a statically linked program to put into one.
 */
final class ProbeProgram {

	/** The bytes up to the machine: 64 bit, little endian, executable. */
	private static final String START = "7f454c46" + "02010100" + "0000000000000000" + "0200";

	/** Version, entry 0x400078, program header at 64, and sizes (elf(5)). */
	private static final String HEADER = "01000000" + "7800400000000000" + "4000000000000000" + "0000000000000000"
			+ "00000000" + "4000" + "3800" + "0100" + "4000" + "0000" + "0000";

	/** Load 0x88 bytes of this file at 0x400000, readable and executable. */
	private static final String PROGRAM_HEADER = "01000000" + "05000000" + "0000000000000000" + "0000400000000000"
			+ "0000400000000000" + "8800000000000000" + "8800000000000000" + "0010000000000000";

	private static final Map<String, String> PROGRAMS = Map.of(
			// xor edi, edi; mov eax, 60; syscall; padding
			"amd64", START + "3e00" + HEADER + PROGRAM_HEADER + "31ff" + "b83c000000" + "0f05" + "90909090909090",
			// mov x0, #0; mov x8, #93; svc #0; nop
			"aarch64", START + "b700" + HEADER + PROGRAM_HEADER + "000080d2" + "a80b80d2" + "010000d4" + "1f2003d5");

	private ProbeProgram() {
	}

	/**
	 * Writes what a probe builds.
	 * @param folder where the program, or a file in its place, is written
	 * @return the Dockerfile to build it with; it runs the program where there is one for
	 * this processor
	 * @throws IOException when the file cannot be written
	 */
	static String write(Path folder) throws IOException {
		String program = PROGRAMS.get(System.getProperty("os.arch"));
		Path file = folder.resolve("probe");
		Files.write(file, HexFormat.of().parseHex((program != null) ? program : ""));
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
		String run = (program != null) ? "RUN [\"/probe\"]\n" : "";
		return "FROM scratch\nCOPY probe /probe\n" + run;
	}

}
