package dev.imagefactory;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import dev.imagefactory.ReplicaLease.Admission;
import dev.imagefactory.Replicas.Leased;
import dev.imagefactory.Replicas.Replica;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nobody work beside a process whose images lie in its own data directory: a replica
 * would not find them and build them again. Whoever came first stays. A process that
 * crashed is waited for no longer than its lease, and not at all on the same host.
 */
class LayoutAdmission implements Admission {

	private static final String LAYOUT = "layout";

	private static final Logger logger = LoggerFactory.getLogger(LayoutAdmission.class);

	private final Duration lookAgain;

	/**
	 * Creates the admission.
	 * @param lookAgain how often the others are looked at
	 */
	LayoutAdmission(Duration lookAgain) {
		this.lookAgain = lookAgain;
	}

	@Override
	public void await(Replicas replicas, Replica me) {
		Map<String, OffsetDateTime> leases = new HashMap<>();
		for (List<Leased> before = inTheWay(replicas, me); !before.isEmpty(); before = inTheWay(replicas, me)) {
			for (Leased other : before) {
				OffsetDateTime known = leases.putIfAbsent(other.replica().id(), other.until());
				if (known != null && other.until().isAfter(known)) {
					throw refusal(me, other.replica());
				}
				if (known == null) {
					logger.info("Waiting until process {} (pid {}) ends or its lease is over, because {}",
							other.replica().id(), other.replica().pid(), "images in a layout belong to one process");
				}
			}
			pause();
			replicas.renew(me, ReplicaLease.LEASE);
		}
	}

	@Override
	public void again(Replicas replicas, Replica me) {
		await(replicas, me);
	}

	private static List<Leased> inTheWay(Replicas replicas, Replica me) {
		return replicas.living()
			.stream()
			.takeWhile((other) -> !other.replica().id().equals(me.id()))
			.filter((other) -> me.registry().equals(LAYOUT) || other.replica().registry().equals(LAYOUT))
			.filter((other) -> !isDead(replicas, me, other.replica()))
			.toList();
	}

	private static boolean isDead(Replicas replicas, Replica me, Replica other) {
		boolean dead = me.host().equals(other.host())
				&& ProcessHandle.of(other.pid()).filter(ProcessHandle::isAlive).isEmpty();
		if (dead) {
			replicas.remove(other.id());
		}
		return dead;
	}

	private void pause() {
		LockSupport.parkNanos(this.lookAgain.toNanos());
		if (Thread.currentThread().isInterrupted()) {
			throw new IllegalStateException("Interrupted while waiting for another process to end");
		}
	}

	private static ProcessRefused refusal(Replica me, Replica other) {
		String where = me.host().equals(other.host()) ? "pid %d of this host".formatted(other.pid())
				: "pid %d of another host".formatted(other.pid());
		String whose = other.registry().equals(LAYOUT) ? "that process keeps its images in its own data directory"
				: "this process would keep its images in its own data directory";
		return new ProcessRefused("Another live process (%s) works on this database, and %s".formatted(where, whose),
				"Stop that process, or give all of them a registry that they share: image-factory.registry.kind: oci");
	}

}
