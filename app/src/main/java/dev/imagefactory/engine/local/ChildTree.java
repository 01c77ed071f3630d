package dev.imagefactory.engine.local;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import dev.imagefactory.engine.local.ProcessTable.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child processes of a run with everything that they started. A process belongs to it
 * when it is a recorded child, sits in a recorded child's session, carries the run's
 * marker in its environment, was started by one that belongs, or belonged before: each
 * sign alone is lost by some program (a container does not inherit the marker, a daemon
 * leaves its session and its parent).
 */
final class ChildTree {

	private static final Logger logger = LoggerFactory.getLogger(ChildTree.class);

	private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

	/** How long a killed process may take to disappear before we give up waiting. */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final Collection<ChildProcess> roots;

	private final String marker;

	private final Set<ChildProcess> seen = new HashSet<>();

	private boolean interrupted;

	/**
	 * Creates a view of the processes; nothing is looked at yet.
	 * @param roots the recorded children
	 * @param marker the run's marker, {@code NAME=value}
	 */
	ChildTree(Collection<ChildProcess> roots, String marker) {
		this.roots = Set.copyOf(roots);
		this.marker = marker;
	}

	/**
	 * Who lives of it now.
	 * @return the processes
	 */
	Set<ChildProcess> living() {
		ProcessTable table = ProcessTable.read();
		Deque<Entry> found = new ArrayDeque<>();
		Set<Long> sessions = sessions(table);
		for (Entry entry : table.entries().values()) {
			if (belongs(entry, sessions)) {
				found.add(entry);
			}
		}
		Set<ChildProcess> living = withDescendants(found, table);
		living.removeIf((process) -> process.pid() == ProcessHandle.current().pid());
		this.seen.addAll(living);
		return living;
	}

	/** A number that a later process got is not our session any more. */
	private Set<Long> sessions(ProcessTable table) {
		Set<Long> sessions = new HashSet<>();
		for (ChildProcess root : this.roots) {
			Entry leader = table.entries().get(root.pid());
			if (leader == null || leader.start().equals(root.start())) {
				sessions.add(root.pid());
			}
		}
		return sessions;
	}

	private boolean belongs(Entry entry, Set<Long> sessions) {
		ChildProcess identity = entry.identity();
		return this.roots.contains(identity) || this.seen.contains(identity)
				|| sessions.contains(entry.session()) && isOfThisBoot(entry)
				|| ProcessTable.hasVariable(entry.pid(), this.marker);
	}

	private boolean isOfThisBoot(Entry entry) {
		String boot = entry.start().substring(0, entry.start().lastIndexOf('/') + 1);
		return this.roots.stream()
			.anyMatch((root) -> root.pid() == entry.session() && root.start().startsWith(boot)
					&& entry.order() >= Long.parseLong(root.start().substring(boot.length())));
	}

	private static Set<ChildProcess> withDescendants(Deque<Entry> found, ProcessTable table) {
		Map<Long, Set<Entry>> children = new HashMap<>();
		for (Entry entry : table.entries().values()) {
			children.computeIfAbsent(entry.parent(), (parent) -> new HashSet<>()).add(entry);
		}
		Set<ChildProcess> all = new HashSet<>();
		while (!found.isEmpty()) {
			Entry entry = found.pop();
			if (all.add(entry.identity())) {
				found.addAll(children.getOrDefault(entry.pid(), Set.of()));
			}
		}
		return all;
	}

	/**
	 * Ends all of it: asks first, kills after the grace. It cannot be interrupted; an
	 * interrupt is kept for later.
	 * @param grace how long they may take to end by themselves; zero kills at once
	 * @return false when some live on although they were killed
	 */
	boolean end(Duration grace) {
		this.interrupted = Thread.interrupted();
		try {
			if (!grace.isZero()) {
				living().forEach((process) -> signal(process, ProcessHandle::destroy));
			}
			boolean ended = awaitNone(grace, (process) -> {
			}) || awaitNone(PATIENCE, (process) -> signal(process, ProcessHandle::destroyForcibly));
			if (!ended) {
				logger.error("These processes of {} do not end although they were killed: {}", this.marker, living());
			}
			return ended;
		}
		finally {
			if (this.interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean awaitNone(Duration patience, Consumer<ChildProcess> each) {
		long deadline = System.nanoTime() + patience.toNanos();
		while (true) {
			Set<ChildProcess> living = living();
			if (living.isEmpty()) {
				return true;
			}
			if (System.nanoTime() > deadline) {
				return false;
			}
			living.forEach(each);
			LockSupport.parkNanos(LOOK_AGAIN.toNanos());
			this.interrupted |= Thread.interrupted();
		}
	}

	private static void signal(ChildProcess process, Consumer<ProcessHandle> how) {
		ProcessHandle.of(process.pid()).ifPresent((handle) -> {
			if (ProcessTable.identify(process.pid()).filter(process::equals).isPresent()) {
				how.accept(handle);
			}
		});
	}

}
