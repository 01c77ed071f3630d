package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes folders in which files belong to subordinate ids of this account: a build in a
 * user namespace that was killed leaves such, and only root or another user namespace may
 * delete them.
 */
final class SubordinateRemoval implements FolderRemoval {

	private static final Logger logger = LoggerFactory.getLogger(SubordinateRemoval.class);

	private final SearchPath path;

	/**
	 * Makes the removal; nothing is looked up yet.
	 * @param path where programs are looked up
	 */
	SubordinateRemoval(SearchPath path) {
		this.path = path;
	}

	@Override
	public void remove(Path folder, BuildId build) throws IOException {
		try {
			FileTrees.delete(folder);
		}
		catch (IOException ex) {
			logger.debug("The files of {} belong to somebody else, it seems", build, ex);
			removeInNamespace(folder, build, ex);
		}
	}

	private void removeInNamespace(Path folder, BuildId build, IOException plain) throws IOException {
		Deque<String> said = new ArrayDeque<>(List.of(plain.toString()));
		for (JailedProgram program : programs()) {
			runIn(program, folder, build, said);
			if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
				return;
			}
		}
		throw new IOException(
				"neither this account may delete all of it, nor a user namespace of it (%s); delete it as root"
					.formatted(String.join("; ", said)),
				plain);
	}

	private List<JailedProgram> programs() {
		return Arrays.stream(JailedProgram.values())
			.filter((program) -> this.path.find(program.program()).isPresent())
			.toList();
	}

	/**
	 * The child carries the run's name, so that nothing deletes once the run begins anew.
	 */
	private void runIn(JailedProgram program, Path folder, BuildId build, Deque<String> said) throws IOException {
		// Not in the folder: podman writes there when all is deleted.
		Path home = Files.createTempDirectory(program.program());
		try {
			RecordedCommands commands = new RecordedCommands(build, new Unrecorded(), Duration.ZERO,
					RecordedCommands.findSetsid());
			commands.run(Jail.OF_USER.removing(this.path, program, home, List.of(folder)), said::addLast);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while removing " + folder);
		}
		catch (StepFailure ex) {
			said.addLast(String.valueOf(ex.getMessage()));
		}
		finally {
			FileTrees.forget(home);
		}
	}

	/**
	 * The run may not be ours to write to any more; its name in the environment is
	 * enough.
	 */
	private static final class Unrecorded implements RecordedCommands.Ledger {

		@Override
		public void began(ChildProcess child) {
		}

		@Override
		public void ended(ChildProcess child) {
		}

	}

}
