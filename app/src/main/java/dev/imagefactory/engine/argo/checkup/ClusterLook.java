package dev.imagefactory.engine.argo.checkup;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.imagefactory.engine.argo.checkup.KubernetesQuestions.Question;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.Installed;
import dev.imagefactory.engine.argo.checkup.Sight.Hidden;
import dev.imagefactory.engine.argo.checkup.Sight.Seen;

/** Gathers what can be seen of a namespace of builds. */
final class ClusterLook {

	private static final String REVIEWS = "apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

	private static final String MAY_REVIEW = "kubectl create clusterrolebinding image-factory-basic-user --clusterrole=system:basic-user --group=system:authenticated";

	private final TimedQuestions questions;

	private final ExecutorService threads;

	private final String namespace;

	private final RunLook runs;

	/**
	 * Begins to look.
	 * @param questions asks
	 * @param threads look at the same time
	 * @param namespace where
	 * @param runs looks at what ran
	 */
	ClusterLook(TimedQuestions questions, ExecutorService threads, String namespace, RunLook runs) {
		this.questions = questions;
		this.threads = threads;
		this.namespace = namespace;
		this.runs = runs;
	}

	/**
	 * Looks.
	 * @param teams what is submitted there
	 * @param expected what this version needs
	 * @return what was seen
	 */
	NamespaceFacts facts(List<TeamTemplates> teams, ExpectedObjects expected) {
		Future<Sight<Set<Right>>> asking = this.threads.submit(() -> rights(asked(expected)));
		Future<Sight<List<PodFact>>> pods = this.threads.submit(this.runs::pods);
		List<Future<Installed>> installing = teams.stream()
			.map((team) -> this.threads.submit(() -> installed(team)))
			.toList();
		List<Installed> installed = installing.stream().map(ClusterLook::of).toList();
		String secret = executor(installed) + TokenJudgement.SUFFIX;
		Sight<Set<Right>> rights = of(asking);
		Set<Right> have = rights.seen().orElse(Set.of());
		Sight<List<PodFact>> seen = of(pods);
		return new NamespaceFacts(this.namespace, rights, installed, seen, accounts(installed, have), secret,
				secret(secret), mountFailures(have), this.runs.workflows(seen.seen().orElse(List.of())));
	}

	private static List<Right> asked(ExpectedObjects expected) {
		return Stream.of(expected.rights(), Right.dangerous(), List.of(Right.SEE_ACCOUNTS, Right.SEE_EVENTS))
			.flatMap(List::stream)
			.distinct()
			.toList();
	}

	static <T> T of(Future<T> future) {
		try {
			return future.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("The service is about to end", ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("A part of the look failed", ex.getCause());
		}
	}

	private Sight<Set<Right>> rights(List<Right> asked) {
		Map<Right, Sight<Boolean>> answers = new ConcurrentHashMap<>();
		List<? extends Future<?>> asking = asked.stream()
			.map((right) -> this.threads.submit(() -> answers.put(right, has(right))))
			.toList();
		asking.forEach(ClusterLook::of);
		Set<Right> have = new LinkedHashSet<>();
		for (Right right : asked) {
			switch (answers.get(right)) {
				case Seen<Boolean>(Boolean allowed) when allowed -> have.add(right);
				case Seen<Boolean> denied -> have.remove(right);
				case Hidden<Boolean>(String why, String fix) -> {
					return new Hidden<>(why, fix);
				}
			}
		}
		return new Seen<>(have);
	}

	private Sight<Boolean> has(Right right) {
		return this.questions
			.content(Question.review(REVIEWS, right.review(this.namespace)),
					"create selfsubjectaccessreviews.authorization.k8s.io", MAY_REVIEW)
			.map((review) -> review.at("/status/allowed").asBoolean());
	}

	private Installed installed(TeamTemplates teams) {
		Map<Part, String> names = new EnumMap<>(Part.class);
		Map<Part, Sight<Optional<JsonNode>>> specs = new EnumMap<>(Part.class);
		names.put(Part.PIPELINE, teams.build());
		names.put(Part.RETAG, teams.retag());
		specs.put(Part.PIPELINE, template(teams.build()));
		JsonNode tasks = specs.get(Part.PIPELINE)
			.seen()
			.flatMap((spec) -> spec.map((seen) -> StepTemplate.of(Part.PIPELINE, seen).template().at("/dag/tasks")))
			.orElse(MissingNode.getInstance());
		Part.STEPS.forEach((part) -> names.put(part, referred(tasks, part)));
		Map<Part, Future<Sight<Optional<JsonNode>>>> asking = new EnumMap<>(Part.class);
		names.forEach((part, name) -> {
			if (part != Part.PIPELINE) {
				asking.put(part, this.threads.submit(() -> template(name)));
			}
		});
		asking.forEach((part, future) -> specs.put(part, of(future)));
		return new Installed(teams, names, specs);
	}

	/** The pipeline says where its steps are; what it says is judged elsewhere. */
	private static String referred(JsonNode tasks, Part part) {
		for (JsonNode task : tasks) {
			String name = task.at("/templateRef/name").asText();
			if (task.path("name").asText().equals(part.task()) && name.matches("[a-z0-9][a-z0-9.-]{0,252}")) {
				return name;
			}
		}
		return part.standardName();
	}

	private Sight<Optional<JsonNode>> template(String name) {
		return this.questions.object(
				Question.read("apis/argoproj.io/v1alpha1/namespaces/" + this.namespace + "/workflowtemplates/" + name),
				name, "get workflowtemplates.argoproj.io in the namespace " + this.namespace,
				RightsJudgement.fix(this.namespace))
			.map((object) -> object.map((found) -> found.path("spec")));
	}

	private static String executor(List<Installed> installed) {
		return installed.stream()
			.flatMap((each) -> each.step(Part.BUILD).stream())
			.map(StepTemplate::executor)
			.filter((name) -> name.matches("[a-z0-9][a-z0-9.-]{0,200}"))
			.findFirst()
			.orElse("image-executor");
	}

	private Map<String, Sight<Optional<JsonNode>>> accounts(List<Installed> installed, Set<Right> have) {
		Set<String> names = new LinkedHashSet<>();
		for (Installed each : installed) {
			for (Part part : Part.values()) {
				each.step(part).map(StepTemplate::account).filter((name) -> !name.isEmpty()).ifPresent(names::add);
			}
		}
		names.add(executor(installed));
		Map<String, Sight<Optional<JsonNode>>> accounts = new TreeMap<>();
		names.forEach((name) -> accounts.put(name, account(name, have)));
		return accounts;
	}

	/** Who may not look does not try: each try would be a line in the audit log. */
	private Sight<Optional<JsonNode>> account(String name, Set<Right> have) {
		if (!have.contains(Right.SEE_ACCOUNTS)) {
			return new Hidden<>(missing(Right.SEE_ACCOUNTS), null);
		}
		return this.questions.object(
				Question.metadata("api/v1/namespaces/" + this.namespace + "/serviceaccounts/" + name), name,
				"get serviceaccounts in the namespace " + this.namespace, RightsJudgement.fix(this.namespace));
	}

	private Sight<Boolean> secret(String name) {
		Right right = Right.seeSecret(name);
		if (!has(right).seen().orElse(false)) {
			return new Hidden<>(missing(right), null);
		}
		return this.questions
			.object(Question.metadata("api/v1/namespaces/" + this.namespace + "/secrets/" + name), name,
					right + " in the namespace " + this.namespace, RightsJudgement.fix(this.namespace))
			.map(Optional::isPresent);
	}

	private Sight<List<String>> mountFailures(Set<Right> have) {
		if (!have.contains(Right.SEE_EVENTS)) {
			return new Hidden<>(missing(Right.SEE_EVENTS), null);
		}
		return this.questions
			.content(
					Question.read("api/v1/namespaces/" + this.namespace
							+ "/events?limit=100&fieldSelector=reason%3DFailedMount"),
					"list events in the namespace " + this.namespace, RightsJudgement.fix(this.namespace))
			.map((list) -> {
				List<String> messages = new ArrayList<>();
				list.path("items").forEach((event) -> messages.add(event.path("message").asText()));
				return messages;
			});
	}

	private String missing(Right right) {
		return "The right to %s in the namespace %s is missing".formatted(right, this.namespace);
	}

}
