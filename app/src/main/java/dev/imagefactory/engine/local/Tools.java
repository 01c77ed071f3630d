package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import dev.imagefactory.engine.KnownTags;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.registry.Registry;

/**
 * What the steps of a run work with.
 *
 * @param remotes where a run is cloned from, with its credentials
 * @param git clones
 * @param builders chooses who builds
 * @param scanner scans
 * @param registry takes the image
 * @param known what its tags are known to point at
 * @param layouts looks at layouts that a crash left behind
 * @param logs take what the steps say
 * @param diskFull whether the data directory's disk has no room left
 * @param backoff how often an unreachable repository or registry is tried
 * @param grace how long a stopped child may take to end by itself
 * @param dataDirectory where work folders lie
 * @param removal removes work folders
 * @param clock the time
 */
record Tools(Function<Run, GitRemote> remotes, Git git, ImageBuilder.Chooser builders, Scanner scanner,
		Registry registry, KnownTags known, LayoutCheck layouts, StepLogs logs, BooleanSupplier diskFull,
		Backoff backoff, Duration grace, Path dataDirectory, FolderRemoval removal, Clock clock) {

}
