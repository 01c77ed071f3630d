package dev.imagefactory.engine.local;

import java.time.Duration;

/**
 * Who a process is to others on the same database, and for how long runs belong to it.
 *
 * @param process the process's name, never used again by another
 * @param lease how long a run belongs to it without a sign of life
 * @param renewEvery how often it gives one; well below the lease
 * @param patience how long it waits for its runs to stop when it ends
 * @param takeover which runs of others it may take
 */
record Tenancy(String process, Duration lease, Duration renewEvery, Duration patience, Takeover takeover) {

	private static final Duration LEASE = Duration.ofSeconds(20);

	private static final Duration RENEW_EVERY = Duration.ofSeconds(3);

	private static final Duration PATIENCE = Duration.ofSeconds(7);

	/**
	 * The standard durations.
	 * @param process the process's name
	 * @param takeover which runs of others it may take
	 * @return the tenancy
	 */
	static Tenancy standard(String process, Takeover takeover) {
		return new Tenancy(process, LEASE, RENEW_EVERY, PATIENCE, takeover);
	}

}
