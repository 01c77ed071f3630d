package dev.imagefactory.engine.local;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.BuildId;

/**
 * The stored runs. Every method is one statement, whole or not at all; each throws
 * Spring's {@code DataAccessException} when the database does not answer.
 */
public interface LocalRuns {

	/**
	 * Stores a run unless one of its name is there.
	 * @param run the run
	 * @return false when one was there; nothing is changed then
	 */
	boolean insert(LocalRun run);

	/**
	 * Reads one run.
	 * @param build its name
	 * @return empty when there is none
	 */
	Optional<LocalRun> find(BuildId build);

	/**
	 * All runs that have not ended.
	 * @return by name, oldest first
	 */
	List<LocalRun> unended();

	/**
	 * The status of all runs.
	 * @return by name, oldest first
	 */
	List<RunStatus> statuses();

	/**
	 * Writes a run's progress, if the process still owns the run: its lease is not over
	 * and nobody else took it.
	 * @param build the run's name
	 * @param owner the process
	 * @param progress what to write
	 * @param now the time
	 * @return false when it does not own it any more; nothing is written then
	 */
	boolean save(BuildId build, String owner, RunProgress progress, Instant now);

	/**
	 * Takes a run, if it did not change since it was read.
	 * @param seen the run as it was read
	 * @param owner the new owner
	 * @param leaseUntil until when it is owned
	 * @return false when somebody was faster
	 */
	boolean take(LocalRun seen, String owner, Instant leaseUntil);

	/**
	 * Renews the leases of runs, unless they are over or another process has them.
	 * @param owner the process
	 * @param builds the runs that it has in hand; the leases of all others run out
	 * @param now the time
	 * @param leaseUntil the new end
	 */
	void renew(String owner, Set<BuildId> builds, Instant now, Instant leaseUntil);

	/**
	 * The runs that a process owns.
	 * @param owner the process
	 * @param now the time
	 * @return each with whether it shall stop
	 */
	Map<BuildId, Boolean> owned(String owner, Instant now);

	/**
	 * Ends all leases of a process, so that others need not wait.
	 * @param owner the process
	 * @param now the time
	 */
	void giveUp(String owner, Instant now);

	/**
	 * Ends the lease of one run, so that it is taken again, by anyone.
	 * @param build the run's name
	 * @param owner the process that has it
	 * @param now the time
	 */
	void giveBack(BuildId build, String owner, Instant now);

	/**
	 * The database's time, which is the same for all who share it.
	 * @return now
	 */
	Instant now();

	/**
	 * Notes that a run shall stop, unless it has ended or does not exist.
	 * @param build its name
	 */
	void askStop(BuildId build);

	/**
	 * Removes a run that has ended.
	 * @param build its name
	 */
	void deleteEnded(BuildId build);

}
