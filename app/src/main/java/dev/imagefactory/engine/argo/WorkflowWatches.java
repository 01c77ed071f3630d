package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of runs that may have changed, as the API server tells us: a watch in each
 * namespace. What they miss is found by listing, so whatever becomes of a watch, it is
 * only opened again.
 */
final class WorkflowWatches implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(WorkflowWatches.class);

	private final KubernetesCalls calls;

	private final WorkflowApi workflows;

	private final Timing timing;

	private final List<Consumer<BuildId>> listeners = new CopyOnWriteArrayList<>();

	/** For each namespace that is watched what ends that. */
	private final Map<String, CountDownLatch> watched = new HashMap<>();

	/** Which Workflows; null before the start and after the end. */
	private @Nullable Ownership ownership;

	WorkflowWatches(KubernetesCalls calls, WorkflowApi workflows, Timing timing) {
		this.calls = calls;
		this.workflows = workflows;
		this.timing = timing;
	}

	/**
	 * Registers who wants the hints.
	 * @param listener called on any thread, and must return at once
	 */
	void onChange(Consumer<BuildId> listener) {
		this.listeners.add(listener);
	}

	/**
	 * Begins to watch.
	 * @param namespaces where
	 * @param ownership which Workflows
	 */
	synchronized void start(Set<String> namespaces, Ownership ownership) {
		this.ownership = ownership;
		keep(namespaces);
	}

	/**
	 * Watches these namespaces from now on, and no others; nothing before the start.
	 * @param namespaces where
	 */
	synchronized void keep(Set<String> namespaces) {
		Ownership which = this.ownership;
		if (which == null) {
			return;
		}
		this.watched.entrySet().removeIf((watch) -> {
			boolean unwanted = !namespaces.contains(watch.getKey());
			if (unwanted) {
				watch.getValue().countDown();
			}
			return unwanted;
		});
		namespaces.forEach((namespace) -> this.watched.computeIfAbsent(namespace, (one) -> watch(one, which)));
	}

	private CountDownLatch watch(String namespace, Ownership which) {
		CountDownLatch end = new CountDownLatch(1);
		WorkflowWatch watch = new WorkflowWatch(namespace, which, this.calls, this.workflows, this.timing, this::tell);
		Thread.ofVirtual().name("watch-" + namespace).start(() -> watch.follow(end));
		return end;
	}

	/**
	 * Tells of a run that may have changed.
	 * @param build the build whose run it is
	 */
	void tell(BuildId build) {
		for (Consumer<BuildId> listener : this.listeners) {
			try {
				listener.accept(build);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener failed on the change of {}; the next listing tells it again", build, ex);
			}
		}
	}

	@Override
	public synchronized void close() {
		keep(Set.of());
		this.ownership = null;
	}

	/**
	 * When a watch is opened again.
	 *
	 * @param length when the API server shall end it
	 * @param silence after which time without a word it counts as dead; the API server
	 * says each minute how far it is, when nothing else happens
	 * @param first the wait before it is opened again; each failure in a row doubles it
	 * @param longest the longest such wait
	 */
	record Timing(Duration length, Duration silence, Duration first, Duration longest) {

		/** Timing for production. */
		static Timing standard() {
			return new Timing(Duration.ofMinutes(5), Duration.ofSeconds(90), Duration.ofSeconds(1),
					Duration.ofSeconds(30));
		}

	}

}
