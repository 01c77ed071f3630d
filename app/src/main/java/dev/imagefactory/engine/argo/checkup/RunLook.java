package dev.imagefactory.engine.argo.checkup;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.engine.argo.checkup.KubernetesQuestions.Question;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.Since;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.WorkflowFacts;
import dev.imagefactory.engine.argo.checkup.Sight.Hidden;
import dev.imagefactory.engine.argo.checkup.Sight.Seen;

/** Looks at pods and Workflows for what they show of the installation. */
final class RunLook {

	private static final String PAGE = "&limit=200";

	/** Pods go ten minutes after their step, so there are not more. */
	private static final int MOST_PAGES = 10;

	private static final int MOST_COMPLAINING = 2;

	private static final int MOST_COMPLAINTS = 20;

	/** What went wrong before may have been mended. */
	private static final Duration LATELY = Duration.ofHours(1);

	private static final Comparator<JsonNode> BY_TIME = Comparator
		.comparing((item) -> PodFact.time(item.at("/metadata/creationTimestamp")));

	private final TimedQuestions questions;

	private final String namespace;

	private final String installation;

	private final Instant now;

	RunLook(TimedQuestions questions, String namespace, String installation, Instant now) {
		this.questions = questions;
		this.namespace = namespace;
		this.installation = installation;
		this.now = now;
	}

	/** Every pod that Argo made and that is still there. */
	Sight<List<PodFact>> pods() {
		List<PodFact> pods = new ArrayList<>();
		String path = "api/v1/namespaces/" + this.namespace + "/pods?labelSelector="
				+ encoded("workflows.argoproj.io/workflow") + PAGE;
		String next = "";
		for (int page = 0; page < MOST_PAGES; page++) {
			Sight<JsonNode> list = this.questions.content(Question.read(path + next),
					"list pods in the namespace " + this.namespace, RightsJudgement.fix(this.namespace));
			if (list instanceof Hidden<JsonNode>(String why, String fix)) {
				return pods.isEmpty() ? new Hidden<>(why, fix) : new Seen<>(pods);
			}
			JsonNode seen = list.seen().orElseThrow();
			seen.path("items").forEach((pod) -> pods.add(PodFact.of(pod)));
			String token = seen.at("/metadata/continue").asText();
			if (token.isEmpty()) {
				break;
			}
			next = "&continue=" + encoded(token);
		}
		return new Seen<>(pods);
	}

	/**
	 * What our Workflows show.
	 * @param pods the pods that were seen
	 */
	Sight<WorkflowFacts> workflows(List<PodFact> pods) {
		return switch (list("!workflows.argoproj.io/phase")) {
			case Hidden<JsonNode>(String why, String fix) -> new Hidden<>(why, fix);
			case Seen<JsonNode>(JsonNode untouched) ->
				new Seen<>(new WorkflowFacts(untouched.path("items").valueStream().min(BY_TIME).map(RunLook::since),
						forgotten(pods), complaints()));
		};
	}

	private Sight<JsonNode> list(String selector) {
		String labels = "image-factory.dev/installation=" + this.installation + "," + selector;
		return this.questions.content(Question.metadata(workflowPath() + "?labelSelector=" + encoded(labels) + PAGE),
				"list workflows.argoproj.io in the namespace " + this.namespace, RightsJudgement.fix(this.namespace));
	}

	private static Since since(JsonNode workflow) {
		return new Since(workflow.at("/metadata/name").asText(),
				PodFact.time(workflow.at("/metadata/creationTimestamp")));
	}

	/** The newest whose pods have all ended, while it has not. */
	private Optional<Since> forgotten(List<PodFact> pods) {
		return pods.stream()
			.max(Comparator.comparing(PodFact::created))
			.map(PodFact::workflow)
			.flatMap((workflow) -> ended(workflow, pods))
			.filter((since) -> isUnderWay(since.workflow()));
	}

	private static Optional<Since> ended(String workflow, List<PodFact> pods) {
		List<PodFact> own = pods.stream().filter((pod) -> pod.workflow().equals(workflow)).toList();
		if (own.stream().anyMatch((pod) -> pod.finished() == null)) {
			return Optional.empty();
		}
		return own.stream()
			.flatMap((pod) -> Stream.ofNullable(pod.finished()))
			.max(Instant::compareTo)
			.map((last) -> new Since(workflow, last));
	}

	private boolean isUnderWay(String workflow) {
		if (!workflow.matches("[a-z0-9][a-z0-9.-]{0,252}")) {
			return false;
		}
		return object(Question.metadata(workflowPath() + "/" + workflow), workflow).map((
				found) -> !found.at("/metadata/labels").path("workflows.argoproj.io/completed").asText().equals("true"))
			.orElse(false);
	}

	private Optional<JsonNode> object(Question question, String name) {
		return this.questions
			.object(question, name, "get workflows.argoproj.io in the namespace " + this.namespace,
					RightsJudgement.fix(this.namespace))
			.seen()
			.flatMap((found) -> found);
	}

	private List<String> complaints() {
		List<String> complaints = new ArrayList<>();
		list("workflows.argoproj.io/phase=Error").seen()
			.stream()
			.flatMap((list) -> list.path("items").valueStream())
			.filter((workflow) -> since(workflow).since().isAfter(this.now.minus(LATELY)))
			.sorted(BY_TIME.reversed())
			.limit(MOST_COMPLAINING)
			.map((workflow) -> workflow.at("/metadata/name").asText())
			.flatMap((name) -> object(Question.read(workflowPath() + "/" + name), name).stream())
			.forEach((workflow) -> {
				complaints.add(workflow.at("/status/message").asText());
				workflow.at("/status/nodes").forEach((node) -> complaints.add(node.path("message").asText()));
			});
		return complaints.stream().filter((message) -> !message.isEmpty()).distinct().limit(MOST_COMPLAINTS).toList();
	}

	private String workflowPath() {
		return "apis/argoproj.io/v1alpha1/namespaces/" + this.namespace + "/workflows";
	}

	private static String encoded(String value) {
		return URLEncoder.encode(value, StandardCharsets.UTF_8);
	}

}
