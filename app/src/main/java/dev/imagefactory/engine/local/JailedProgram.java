package dev.imagefactory.engine.local;

import java.util.ArrayList;
import java.util.List;

/**
 * A program that builds in a {@link Jail}. podman builds with buildah's code, so both
 * take the same options for it.
 */
enum JailedProgram {

	/** Builds, and does nothing else. */
	BUILDAH("buildah", List.of(), "bud"),

	/** Runs containers too; none of what it keeps for that is wanted outside the jail. */
	PODMAN("podman",
			List.of("--tmpdir", Jail.WORK + "/run/podman", "--cgroup-manager", "cgroupfs", "--events-backend", "none"),
			"build");

	private final String program;

	private final List<String> ownOptions;

	private final String verb;

	JailedProgram(String program, List<String> ownOptions, String verb) {
		this.program = program;
		this.ownOptions = ownOptions;
		this.verb = verb;
	}

	/**
	 * The program's file name.
	 * @return such as {@code buildah}
	 */
	String program() {
		return this.program;
	}

	/**
	 * The command that builds one image into the work folder, in the jail's own paths.
	 * <p>
	 * RUN instructions are separated from the program by {@code --isolation chroot},
	 * which needs no container runtime and no control groups, and from the host by the
	 * jail.
	 * @param executable the program's path
	 * @param request what to build
	 * @param context the build context
	 * @param dockerfile the Dockerfile
	 * @return the program and its arguments
	 */
	List<String> command(String executable, ImageBuilder.Request request, String context, String dockerfile) {
		List<String> command = new ArrayList<>(List.of(executable, "--root", Jail.WORK + "/storage", "--runroot",
				Jail.WORK + "/run", "--storage-driver", "vfs"));
		command.addAll(this.ownOptions);
		command.addAll(List.of(this.verb, "--isolation", "chroot",
				// Without this right root cannot leave a chroot by making another one.
				"--cap-drop", "CAP_SYS_CHROOT", "--format", "oci", "--layers=false", "--disable-compression=false",
				"--timestamp", Long.toString(request.created().getEpochSecond()), "--file", dockerfile, "--tag",
				"oci:" + Jail.WORK + "/image", context));
		return command;
	}

}
