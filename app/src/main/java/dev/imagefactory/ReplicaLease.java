package dev.imagefactory;

import java.time.Duration;
import java.util.function.Consumer;

import dev.imagefactory.Replicas.Replica;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Says again and again that this process lives. What it has in hand belongs to it while
 * it does; it starts before everything else that works and ends after it.
 */
class ReplicaLease implements SmartLifecycle {

	/** How long others wait for a process that gives no sign of life. */
	static final Duration LEASE = Duration.ofSeconds(15);

	private static final Duration RENEW_EVERY = Duration.ofSeconds(3);

	private static final int BEFORE_ALL_WORK = -1000;

	private static final Logger logger = LoggerFactory.getLogger(ReplicaLease.class);

	private final Replicas replicas;

	private final Replica me;

	private final Admission admission;

	private final Consumer<ProcessRefused> refused;

	private final Heartbeat heartbeat;

	/**
	 * Creates the lease; nobody knows of this process yet.
	 * @param replicas the processes on this database
	 * @param me this process
	 * @param admission what must hold before it may work
	 * @param refused is told, on the lease's thread, that another was admitted while this
	 * process gave no sign of life: it must end
	 */
	ReplicaLease(Replicas replicas, Replica me, Admission admission, Consumer<ProcessRefused> refused) {
		this.replicas = replicas;
		this.me = me;
		this.admission = admission;
		this.refused = refused;
		this.heartbeat = new Heartbeat("replica-lease", RENEW_EVERY, this::renew);
	}

	@Override
	public void start() {
		this.replicas.renew(this.me, LEASE);
		try {
			this.admission.await(this.replicas, this.me);
		}
		catch (RuntimeException ex) {
			this.replicas.remove(this.me.id());
			throw ex;
		}
		this.heartbeat.start();
	}

	private void renew() {
		boolean living = this.replicas.renew(this.me, LEASE);
		this.replicas.forgetDead();
		if (!living) {
			beAdmittedAgain();
		}
	}

	private void beAdmittedAgain() {
		logger.warn("This process gave no sign of life for {} s or more, as if it had been frozen; others may have "
				+ "taken over what it had in hand", LEASE.toSeconds());
		try {
			this.admission.again(this.replicas, this.me);
		}
		catch (ProcessRefused ex) {
			this.replicas.remove(this.me.id());
			this.refused.accept(ex);
			// Last, because it interrupts this thread: with another beat the process
			// would stand among the living again while it ends.
			this.heartbeat.stop();
		}
	}

	/** Others need not wait for the lease: everything here has ended before. */
	@Override
	public void stop() {
		this.heartbeat.stop();
		try {
			this.replicas.remove(this.me.id());
		}
		catch (RuntimeException ex) {
			logger.warn("The lease of this process could not be ended; others take over when it is over: {}",
					ex.getMessage());
		}
	}

	@Override
	public boolean isRunning() {
		return this.heartbeat.isRunning();
	}

	@Override
	public int getPhase() {
		return BEFORE_ALL_WORK;
	}

	/** What must hold before a process may work on a database. */
	@FunctionalInterface
	interface Admission {

		/** Any number of equal processes may work. */
		Admission OF_ANY = (replicas, me) -> {
		};

		/** A lock has proved that the others are gone: nobody waits for their leases. */
		Admission OF_SOLE_PROCESS = (replicas, me) -> replicas.removeAllBut(me.id());

		/**
		 * Returns when the process may work.
		 * @param replicas the processes on this database
		 * @param me this process, which is one of them
		 */
		void await(Replicas replicas, Replica me);

		/**
		 * Returns when the process may go on after its lease was over.
		 * @param replicas the processes on this database
		 * @param me this process, which is the youngest of them
		 * @throws ProcessRefused when it must end, because of one that came meanwhile
		 */
		default void again(Replicas replicas, Replica me) {
		}

	}

}
