package dev.imagefactory;

import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;

import org.springframework.context.SmartLifecycle;

/**
 * Carries out the recurring tasks of all packages, each by one replica at a time. Their
 * times stand in the table {@code scheduled_tasks}, so that a restart puts nothing off
 * and brings nothing forward.
 */
class ScheduledWork implements SmartLifecycle {

	private static final int THREADS = 2;

	private static final Duration POLL_EVERY = Duration.ofSeconds(1);

	/**
	 * Four missed ones make a replica dead, and the dead are looked for at every second
	 * one: its tasks are taken over within 18 s.
	 */
	private static final Duration SIGN_OF_LIFE_EVERY = Duration.ofSeconds(3);

	private static final int SIGNS_MISSED = 4;

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final Scheduler scheduler;

	private volatile boolean running;

	/**
	 * Creates the work; nothing is done before the start.
	 * @param dataSource the database
	 * @param process this process's name
	 * @param tasks what to do
	 */
	ScheduledWork(DataSource dataSource, String process, List<RecurringTask<?>> tasks) {
		this.scheduler = Scheduler.create(dataSource)
			.startTasks(tasks)
			.schedulerName(new SchedulerName.Fixed(process))
			.threads(THREADS)
			.pollingInterval(POLL_EVERY)
			.heartbeatInterval(SIGN_OF_LIFE_EVERY)
			.missedHeartbeatsLimit(SIGNS_MISSED)
			.shutdownMaxWait(PATIENCE)
			.build();
	}

	@Override
	public void start() {
		this.scheduler.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.scheduler.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
