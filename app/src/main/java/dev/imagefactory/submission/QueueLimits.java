package dev.imagefactory.submission;

/**
 * How many builds may run at once.
 *
 * @param maxRunning in all, at least 1
 * @param maxRunningPerRepository of one repository, at least 1
 */
public record QueueLimits(int maxRunning, int maxRunningPerRepository) {

	public QueueLimits {
		if (maxRunning < 1 || maxRunningPerRepository < 1) {
			throw new IllegalArgumentException("Queue limits must be at least 1");
		}
	}

}
