package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.Ports;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FileEntry;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;

/** Carries a Dockerfile's instructions over to Jib, one layer for each COPY. */
final class JibPlan {

	private final BuildContext context;

	private final Instant time;

	private final Path emptyFolder;

	private final JibContainerBuilder jib;

	/** Folders that the image has so far: a COPY to one of them goes into it. */
	private final Set<String> folders = new HashSet<>(Set.of("/"));

	private String workdir = "/";

	/**
	 * Prepares a plan.
	 * @param context the files that can be added
	 * @param time the time of every file in the image
	 * @param emptyFolder a folder with nothing in it
	 * @param jib receives layers and metadata
	 */
	JibPlan(BuildContext context, Instant time, Path emptyFolder, JibContainerBuilder jib) {
		this.context = context;
		this.time = time;
		this.emptyFolder = emptyFolder;
		this.jib = jib;
	}

	/**
	 * Carries one instruction over.
	 * @param instruction the instruction
	 * @throws DockerfileRefused when it cannot be done
	 * @throws StepFailure when it leads out of the context
	 */
	void add(Dockerfile.Instruction instruction) {
		switch (instruction) {
			case Dockerfile.Copy copy -> copy(copy);
			case Dockerfile.Label label -> label.labels().forEach(this.jib::addLabel);
			case Dockerfile.Env env -> env.variables().forEach(this.jib::addEnvironmentVariable);
			case Dockerfile.User user -> this.jib.setUser(user.user());
			case Dockerfile.Workdir workdir -> workdir(workdir.path());
			case Dockerfile.Expose expose -> expose(expose);
			case Dockerfile.Entrypoint entrypoint -> this.jib.setEntrypoint(entrypoint.arguments());
			case Dockerfile.Cmd cmd -> this.jib.setProgramArguments(cmd.arguments());
		}
	}

	private void copy(Dockerfile.Copy copy) {
		List<BuildContext.Match> matches = new ArrayList<>();
		for (String source : copy.sources()) {
			if (copy.unpacks() && source.matches("(?i)(https?|ftp|git|ssh)://.*|git@.*")) {
				throw DockerfileRefused.needsBuilder(copy.line(), "ADD fetches from the network");
			}
			matches.addAll(this.context.find(copy.line(), source));
		}
		String target = absolute(copy.destination());
		boolean into = copy.destination().matches("(.*/)?\\.{0,2}") || this.folders.contains(target);
		if (matches.size() > 1 && !into) {
			throw DockerfileRefused.invalid(copy.line(), "with more than one source the destination must end with /");
		}
		Map<String, Path> entries = new TreeMap<>();
		for (BuildContext.Match match : matches) {
			match.files().forEach((name, file) -> {
				String path = (match.folder() || into) ? absolute(target, name) : target;
				entries.put(path, checked(copy, file));
			});
		}
		layer(entries, copy.owner());
	}

	private static Path checked(Dockerfile.Copy copy, Path file) {
		if (copy.unpacks() && isArchive(file)) {
			throw DockerfileRefused.needsBuilder(copy.line(),
					"ADD would unpack the archive '%s'".formatted(file.getFileName()));
		}
		return file;
	}

	private void layer(Map<String, Path> entries, String owner) {
		FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("files");
		entries.forEach((path, file) -> {
			// Only what git keeps of the permissions, so that no umask changes the image.
			FilePermissions permissions = FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644");
			layer.addEntry(new FileEntry(file, AbsoluteUnixPath.get(path), permissions, this.time, owner));
			remember(parent(path));
		});
		this.jib.addFileEntriesLayer(layer.build());
	}

	private void workdir(String path) {
		this.workdir = absolute(path);
		this.jib.setWorkingDirectory(AbsoluteUnixPath.get(this.workdir));
		if (this.folders.contains(this.workdir)) {
			return;
		}
		remember(this.workdir);
		this.jib.addFileEntriesLayer(FileEntriesLayer.builder()
			.setName("workdir")
			.addEntry(new FileEntry(this.emptyFolder, AbsoluteUnixPath.get(this.workdir),
					FilePermissions.fromOctalString("755"), this.time, "0:0"))
			.build());
	}

	private void expose(Dockerfile.Expose expose) {
		try {
			Ports.parse(expose.ports()).forEach(this.jib::addExposedPort);
		}
		catch (IllegalArgumentException ex) {
			throw DockerfileRefused.invalid(expose.line(), "EXPOSE: " + ex.getMessage());
		}
	}

	private void remember(String folder) {
		for (String one = folder; this.folders.add(one); one = parent(one)) {
			// Its parents too, up to the first that is known.
		}
	}

	private static String parent(String path) {
		int slash = path.lastIndexOf('/');
		return (slash <= 0) ? "/" : path.substring(0, slash);
	}

	private String absolute(String path) {
		return path.startsWith("/") ? absolute("/", path) : absolute(this.workdir, path);
	}

	private static String absolute(String folder, String path) {
		List<String> names = new ArrayList<>();
		for (String name : (folder + "/" + path).split("/")) {
			if (name.equals("..")) {
				if (!names.isEmpty()) {
					names.removeLast();
				}
			}
			else if (!name.isEmpty() && !name.equals(".")) {
				names.add(name);
			}
		}
		return "/" + String.join("/", names);
	}

	/** Gzip, bzip2, xz and zstd by their first bytes, tar by its mark at byte 257. */
	private static boolean isArchive(Path file) {
		try (var content = Files.newInputStream(file)) {
			byte[] head = content.readNBytes(262);
			return starts(head, 0, 0x1f, 0x8b) || starts(head, 0, 'B', 'Z', 'h') || starts(head, 0, 0xfd, '7', 'z', 'X')
					|| starts(head, 0, 0x28, 0xb5, 0x2f, 0xfd) || starts(head, 257, 'u', 's', 't', 'a', 'r');
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot read " + file.getFileName(), ex);
		}
	}

	private static boolean starts(byte[] head, int offset, int... bytes) {
		if (head.length < offset + bytes.length) {
			return false;
		}
		for (int at = 0; at < bytes.length; at++) {
			if ((head[offset + at] & 0xff) != bytes[at]) {
				return false;
			}
		}
		return true;
	}

}
