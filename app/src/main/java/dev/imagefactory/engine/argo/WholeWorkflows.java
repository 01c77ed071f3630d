package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.imagefactory.engine.RunStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;

/**
 * Has the nodes of a Workflow filled in by the Argo Server before it is translated, where
 * the object does not hold them in a form that is read here. Everything else is still
 * what the API server said; without the server, so are the nodes. From one list to the
 * next only so much time is spent on it, and nobody is asked about an object that has not
 * changed: so a server that answers slowly holds up no list. Those that have ended may
 * take as long again: they wait for nothing else, and the others must not be before them
 * each time.
 */
final class WholeWorkflows implements StatusTranslator {

	/** For so long in all the server is waited for from one list to the next. */
	static final Duration LONGEST = Duration.ofSeconds(5);

	/** Those that were used last stay. */
	private static final int MOST_KNOWN = 2_000;

	private final ArgoServer server;

	private final StatusTranslator translator;

	private final Duration longest;

	private final LongSupplier nanos;

	/** How long the server was waited for since the last list began. */
	private final AtomicLong waited = new AtomicLong();

	private final Map<String, Known> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
			return size() > MOST_KNOWN;
		}

	});

	/**
	 * Creates it; nobody is asked yet.
	 * @param server who knows the nodes
	 * @param translator reads what Argo says
	 * @param longest for how long the server is waited for from one list to the next
	 * @param nanos a clock that only goes forward
	 */
	WholeWorkflows(ArgoServer server, StatusTranslator translator, Duration longest, LongSupplier nanos) {
		this.server = server;
		this.translator = translator;
		this.longest = longest;
		this.nanos = nanos;
	}

	@Override
	public void beginList() {
		this.waited.set(0);
	}

	@Override
	public RunStatus translate(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		IoArgoprojWorkflowV1alpha1WorkflowStatus status = workflow.getStatus();
		if (status != null && StoredNodes.of(status) instanceof StoredNodes.Hidden) {
			nodes(workflow.getMetadata(), patience(status)).ifPresent(status::nodes);
		}
		return this.translator.translate(workflow);
	}

	private Optional<Map<String, IoArgoprojWorkflowV1alpha1NodeStatus>> nodes(ObjectMeta meta, Duration patience) {
		Known before = this.known.get(meta.getUid());
		if (before != null && before.version().equals(meta.getResourceVersion())) {
			return Optional.of(before.nodes());
		}
		return (this.waited.get() < patience.toNanos()) ? asked(meta) : Optional.empty();
	}

	private Duration patience(IoArgoprojWorkflowV1alpha1WorkflowStatus status) {
		return (status.getFinishedAt() != null) ? this.longest.multipliedBy(2) : this.longest;
	}

	/** What the server says of another version of the object is not kept. */
	private Optional<Map<String, IoArgoprojWorkflowV1alpha1NodeStatus>> asked(ObjectMeta meta) {
		long begun = this.nanos.getAsLong();
		Optional<IoArgoprojWorkflowV1alpha1Workflow> whole = this.server.whole(meta);
		this.waited.addAndGet(this.nanos.getAsLong() - begun);
		Optional<Map<String, IoArgoprojWorkflowV1alpha1NodeStatus>> nodes = whole
			.map((workflow) -> workflow.getStatus().getNodes());
		String version = whole.map((workflow) -> workflow.getMetadata().getResourceVersion()).orElse("");
		if (version.equals(meta.getResourceVersion())) {
			nodes.ifPresent((found) -> this.known.put(meta.getUid(), new Known(version, found)));
		}
		return nodes;
	}

	/**
	 * The nodes of an object.
	 *
	 * @param version the object's version
	 * @param nodes its nodes
	 */
	private record Known(String version, Map<String, IoArgoprojWorkflowV1alpha1NodeStatus> nodes) {
	}

}
