package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.FileStepLogsAccess;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import org.awaitility.Awaitility;

import org.springframework.util.FileSystemUtils;

import static dev.imagefactory.engine.argo.StrictKubernetes.JSON;

/** A build whose pods write logs, and replicas that store them. */
final class LogStage implements AutoCloseable {

	static final BuildId BUILD = BuildId.of("build-01kjmma2g0wycd31k2mhw094p5");

	static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

	static final PodLogs.Limits QUICK = new PodLogs.Limits(8, 4, Duration.ofMillis(20), 8, Duration.ofMillis(20),
			Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMinutes(8), Duration.ofMinutes(10));

	final TestCluster cluster = new TestCluster();

	final PodStore pods = this.cluster.kubernetes.pods;

	/** How far the clocks that only go forward have gone. */
	final AtomicLong skipped = new AtomicLong();

	/** How many beats are to fail in a way that nobody foresaw. */
	final AtomicInteger badBeats = new AtomicInteger();

	/** The builds whose logs were said to be complete. */
	final List<BuildId> told = new CopyOnWriteArrayList<>();

	private final Path folder;

	private final Map<Step, List<String>> tries = new EnumMap<>(Step.class);

	private final List<PodLogs> replicas = new ArrayList<>();

	private String phase = "Running";

	/** After which time without a word a log is asked for anew. */
	Duration silence = Duration.ofSeconds(20);

	/** By which of Argo's rules pods are named. */
	String podNames = "v2";

	LogStage() {
		try {
			this.folder = Files.createTempDirectory("image-factory-logs-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	StepLogs files() {
		return FileStepLogsAccess.in(this.folder);
	}

	FollowedLogs store() {
		return FileStepLogsAccess.followed(this.folder);
	}

	/** A process that stores in files. */
	PodLogs replica() {
		return replica(FileStepLogsAccess.followed(this.folder), QUICK, ArchivedLog.none());
	}

	PodLogs replica(PodLogs.Limits limits) {
		return replica(FileStepLogsAccess.followed(this.folder), limits, ArchivedLog.none());
	}

	PodLogs replica(ArchivedLog archive) {
		return replica(FileStepLogsAccess.followed(this.folder), QUICK, archive);
	}

	PodLogs replica(FollowedLogs store) {
		return replica(store, QUICK, ArchivedLog.none());
	}

	private PodLogs replica(FollowedLogs store, PodLogs.Limits limits, ArchivedLog archive) {
		KubernetesCalls calls = new KubernetesCalls(this.cluster.client(), System::nanoTime);
		PodLogs logs = new PodLogs(store, new PodApi(calls, new PodApi.Limits(Duration.ofSeconds(20), this.silence)),
				archive, limits, this::nanos);
		logs.onStored(this.told::add);
		logs.start();
		this.replicas.add(logs);
		logs.saw(workflow());
		return logs;
	}

	private long nanos() {
		if (Thread.currentThread().getName().equals("pod-logs")
				&& this.badBeats.getAndUpdate((n) -> Math.max(0, n - 1)) > 0) {
			throw new IllegalStateException("a beat that fails");
		}
		return System.nanoTime() + this.skipped.get();
	}

	/** The process is gone, as far as others can see. */
	void kill(PodLogs replica) {
		this.replicas.remove(replica);
		replica.close();
	}

	/** The pod of a try, whose container has begun. */
	PodStore.Pod pod(Step step, int number) {
		return waitingPod(step, number).runs();
	}

	PodStore.Pod waitingPod(Step step, int number) {
		return this.pods.add(BUILD.value(), node(step, number),
				this.podNames.equals("v2") ? BUILD + "-any-" + step.wireName() + "-" + number : node(step, number));
	}

	/** What the Workflow says of a step: the phase of each of its tries. */
	LogStage says(Step step, String... phases) {
		this.tries.put(step, Arrays.asList(phases));
		show();
		return this;
	}

	/** What the Workflow says of itself. */
	LogStage says(String workflowPhase) {
		this.phase = workflowPhase;
		show();
		return this;
	}

	private void show() {
		this.replicas.forEach((replica) -> replica.saw(workflow()));
	}

	IoArgoprojWorkflowV1alpha1Workflow workflow() {
		return workflow(BUILD);
	}

	IoArgoprojWorkflowV1alpha1Workflow workflow(BuildId build) {
		ObjectNode status = JSON.createObjectNode().put("phase", this.phase).put("startedAt", START.toString());
		if (!this.phase.equals("Running")) {
			status.put("finishedAt", START.plusSeconds(100).toString());
		}
		ObjectNode nodes = status.putObject("nodes");
		this.tries.forEach((step, phases) -> addNodes(nodes, build, step, phases));
		ObjectNode workflow = JSON.createObjectNode().put("apiVersion", "argoproj.io/v1alpha1").put("kind", "Workflow");
		ObjectNode meta = workflow.putObject("metadata")
			.put("name", build.value())
			.put("namespace", TestCluster.BUILDS);
		meta.putObject("annotations").put("workflows.argoproj.io/pod-name-format", this.podNames);
		workflow.set("status", status);
		try {
			return WorkflowObjects.toModel(WorkflowObjects.read(new java.io.ByteArrayInputStream(
					workflow.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void addNodes(ObjectNode nodes, BuildId build, Step step, List<String> phases) {
		String retry = build + "-" + step.wireName();
		ObjectNode node = nodes.putObject(retry)
			.put("id", retry)
			.put("name", build + "." + step.wireName())
			.put("displayName", step.wireName())
			.put("type", "Retry")
			.put("phase", phases.getLast())
			.put("startedAt", START.toString());
		ArrayNode children = node.putArray("children");
		for (int i = 0; i < phases.size(); i++) {
			String id = retry + "-" + (i + 1);
			children.add(id);
			String phase = phases.get(i).split(": ", 2)[0];
			ObjectNode attempt = nodes.putObject(id)
				.put("id", id)
				.put("name", build + "." + step.wireName() + "(" + i + ")")
				.put("displayName", step.wireName() + "(" + i + ")")
				.put("type", "Pod")
				.put("templateName", "any")
				.put("phase", phase)
				.put("startedAt", START.plusSeconds(60L * i).toString());
			attempt.putObject("nodeFlag").put("retried", true);
			String message = phase.equals("Failed") ? "main: Error (exit code 128)" : "";
			attempt.put("message", phases.get(i).contains(": ") ? phases.get(i).split(": ", 2)[1] : message);
			node.put("phase", phase);
		}
		if (phases.getLast().equals("Between")) {
			node.put("phase", "Running");
			nodes.remove(retry + "-" + phases.size());
		}
	}

	static String node(Step step, int number) {
		return BUILD + "-" + step.wireName() + "-" + number;
	}

	/** The log of a step so far, without the times. */
	static List<String> lines(StepLogs logs, Step step) {
		return text(logs, step).lines().map((line) -> line.substring(line.indexOf(' ') + 1)).toList();
	}

	static String text(StepLogs logs, Step step) {
		StringBuilder all = new StringBuilder();
		StepLogs.Part part = logs.read(BUILD, step, 0);
		for (long at = 0; part.next() > at; part = logs.read(BUILD, step, at)) {
			all.append(part.text());
			at = part.next();
		}
		return all.toString();
	}

	List<String> lines(Step step) {
		return lines(files(), step);
	}

	/** Waits until the log of a step is as it should be. */
	void await(Step step, String... lines) {
		await(files(), step, lines);
	}

	static void await(StepLogs logs, Step step, String... lines) {
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.pollInterval(Duration.ofMillis(20))
				.until(() -> lines(logs, step), Arrays.asList(lines)::equals);
		}
		catch (org.awaitility.core.ConditionTimeoutException ex) {
			throw new AssertionError("The log has\n" + String.join("\n", lines(logs, step)) + "\nand not\n"
					+ Arrays.stream(lines).collect(Collectors.joining("\n")), ex);
		}
	}

	/** Waits until all logs of the build are stored. */
	void awaitComplete(StepLogs logs) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> logs.read(BUILD, Step.CLONE, Long.MAX_VALUE).complete()
					&& logs.read(BUILD, Step.PUSH, Long.MAX_VALUE).complete());
	}

	@Override
	public void close() {
		List.copyOf(this.replicas).forEach(PodLogs::close);
		this.cluster.close();
		try {
			FileSystemUtils.deleteRecursively(this.folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
