package dev.imagefactory.engine.local;

import java.time.Instant;

import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;

/**
 * A run as it is stored. It belongs to one process for as long as that process renews its
 * lease.
 *
 * @param run what to run
 * @param owner the process that it belongs to
 * @param leaseUntil until when it does
 * @param stopAsked whether somebody wants it stopped
 * @param version grows with every change
 * @param progress how far it has come
 */
public record LocalRun(Run run, String owner, Instant leaseUntil, boolean stopAsked, int version,
		RunProgress progress) {

	/**
	 * The run's name.
	 * @return the build's id
	 */
	public BuildId build() {
		return this.run.build();
	}

	/**
	 * What the engine says of it.
	 * @return its status
	 */
	public RunStatus status() {
		return new RunStatus(build(), this.progress.phase(), this.progress.steps(), this.progress.scanned());
	}

}
