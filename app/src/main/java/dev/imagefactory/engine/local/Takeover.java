package dev.imagefactory.engine.local;

import java.time.Instant;

/** Decides which stored runs a process may take from their owner. */
@FunctionalInterface
interface Takeover {

	/**
	 * Whether the process may take a run that has not ended.
	 * @param run the run
	 * @param process who asks
	 * @param now the time
	 * @return true when its owner will write nothing more
	 */
	boolean allows(LocalRun run, String process, Instant now);

	/**
	 * The rule where several processes share a database: an owner is gone when its lease
	 * is over.
	 * @return the rule
	 */
	static Takeover afterLease() {
		return (run, process, now) -> !run.leaseUntil().isAfter(now);
	}

	/**
	 * The rule where a lock proves that no other process lives: every other owner is
	 * gone.
	 * @return the rule
	 */
	static Takeover ofSoleProcess() {
		return (run, process, now) -> !run.owner().equals(process) || afterLease().allows(run, process, now);
	}

}
