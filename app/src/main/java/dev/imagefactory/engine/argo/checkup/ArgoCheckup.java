package dev.imagefactory.engine.argo.checkup;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Checkup;
import dev.imagefactory.engine.argo.checkup.KubernetesQuestions.Question;
import dev.imagefactory.engine.argo.checkup.Sight.Hidden;
import dev.imagefactory.engine.argo.checkup.Sight.Seen;
import dev.imagefactory.onboarding.Onboarding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the API server answers and whether each namespace of builds is as the
 * engine needs it.
 */
public final class ArgoCheckup implements Checkup {

	private static final Logger logger = LoggerFactory.getLogger(ArgoCheckup.class);

	private static final String API = "api";

	private static final String ARGO = "argo";

	private static final String SELF = "apis/authentication.k8s.io/v1/selfsubjectreviews";

	/** What is judged of each namespace. */
	private static final List<String> NAMES = List.of(RightsJudgement.RIGHTS, RightsJudgement.FURTHER,
			TemplateJudgement.TEMPLATES, TemplateJudgement.IMAGES, AccountJudgement.ACCOUNTS, TokenJudgement.TOKEN,
			IdentityJudgement.IDENTITY, ControllerJudgement.CONTROLLER, VersionJudgement.VERSION);

	private final KubernetesQuestions questions;

	private final Subject subject;

	private final Limits limits;

	private final Clock clock;

	private final LongSupplier nanos;

	private final ExpectedObjects expected = ExpectedObjects.ofThisVersion();

	/**
	 * Creates the checkup.
	 * @param questions asks the API server
	 * @param subject what the installation says of itself
	 * @param limits how long a look may take
	 * @param clock the time
	 * @param nanos a clock that only goes forward
	 */
	public ArgoCheckup(KubernetesQuestions questions, Subject subject, Limits limits, Clock clock, LongSupplier nanos) {
		this.questions = questions;
		this.subject = subject;
		this.limits = limits;
		this.clock = clock;
		this.nanos = nanos;
	}

	@Override
	public List<Check> checks() {
		List<TeamTemplates> teams = TeamTemplates.of(this.subject.onboarding().teams());
		List<String> namespaces = teams.stream().map(TeamTemplates::namespace).distinct().toList();
		TimedQuestions timed = new TimedQuestions(this.questions, this.limits, this.nanos);
		List<Check> checks = new ArrayList<>();
		switch (timed.content(Question.read("version"), "read its version", "kubectl get --raw /version")) {
			case Hidden<JsonNode>(String why, String fix) -> {
				checks.add(Check.wrong(API, null, "The Kubernetes API cannot be used: " + why,
						"kubectl get --raw /version, with the KUBECONFIG or in the pod of this service"));
				checks.add(Check.cannotSee(ARGO, null, "The Kubernetes API cannot be used.", null));
				namespaces
					.forEach((namespace) -> checks.addAll(unseen(namespace, "The Kubernetes API cannot be used.")));
			}
			case Seen<JsonNode>(JsonNode version) -> {
				String user = user(timed);
				checks.add(Check.ok(API, null,
						"The Kubernetes API answers%s; its version is %s.".formatted(
								user.isEmpty() ? "" : ", and knows the service as " + user,
								version.path("gitVersion").asText())));
				checks.add(argo(timed));
				checks.addAll(look(timed, teams, namespaces, user));
			}
		}
		return List.copyOf(checks);
	}

	private static String user(TimedQuestions timed) {
		JsonNode review = JsonNodeFactory.instance.objectNode()
			.put("apiVersion", "authentication.k8s.io/v1")
			.put("kind", "SelfSubjectReview");
		return timed
			.content(Question.review(SELF, review), "create selfsubjectreviews.authentication.k8s.io",
					"kubectl auth whoami")
			.seen()
			.map((answer) -> answer.at("/status/userInfo/username").asText())
			.orElse("");
	}

	/** Everybody who is known may ask which kinds there are. */
	private static Check argo(TimedQuestions timed) {
		String fix = "kubectl create clusterrolebinding image-factory-discovery --clusterrole=system:discovery --group=system:authenticated";
		return switch (timed.object(Question.read("apis/argoproj.io/v1alpha1"), "", "read which kinds there are",
				fix)) {
			case Hidden<Optional<JsonNode>>(String why, String mend) -> Check.cannotSee(ARGO, null, why, mend);
			case Seen<Optional<JsonNode>>(Optional<JsonNode> kinds) -> {
				Set<String> names = new HashSet<>();
				kinds.ifPresent(
						(list) -> list.path("resources").forEach((kind) -> names.add(kind.path("name").asText())));
				yield names.containsAll(Set.of("workflows", "workflowtemplates"))
						? Check.ok(ARGO, null, "Kubernetes knows Workflows and WorkflowTemplates.")
						: Check.wrong(ARGO, null,
								"Kubernetes does not know Workflows and WorkflowTemplates: Argo Workflows is not installed in this cluster.",
								"kubectl create namespace argo; " + VersionJudgement.INSTALL);
			}
		};
	}

	private List<Check> look(TimedQuestions timed, List<TeamTemplates> teams, List<String> namespaces, String user) {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<List<Check>>> looks = namespaces.stream()
				.map((namespace) -> threads.submit(() -> look(timed, threads, teams, namespace, user)))
				.toList();
			return looks.stream().flatMap((look) -> ClusterLook.of(look).stream()).toList();
		}
	}

	private List<Check> look(TimedQuestions timed, ExecutorService threads, List<TeamTemplates> teams, String namespace,
			String user) {
		Instant now = this.clock.instant();
		RunLook runs = new RunLook(timed, namespace, this.subject.installation(), now);
		try {
			NamespaceFacts facts = new ClusterLook(timed, threads, namespace, runs)
				.facts(teams.stream().filter((team) -> team.namespace().equals(namespace)).toList(), this.expected);
			return judge(facts, user, now);
		}
		catch (RuntimeException ex) {
			logger.error("The namespace {} could not be looked at", namespace, ex);
			return unseen(namespace, "Looking at it failed; the log says why.");
		}
	}

	private List<Check> judge(NamespaceFacts facts, String user, Instant now) {
		String namespace = facts.namespace();
		Stream<Check> rights = Stream.of(
				guarded(RightsJudgement.RIGHTS, namespace, () -> RightsJudgement.missing(facts, this.expected, user)),
				guarded(RightsJudgement.FURTHER, namespace, () -> RightsJudgement.further(facts, this.expected, user)));
		Stream<Check> templates = facts.templates()
			.stream()
			.flatMap((installed) -> Stream.of(
					guarded(TemplateJudgement.TEMPLATES, namespace,
							() -> TemplateJudgement.templates(namespace, installed, this.expected)),
					guarded(TemplateJudgement.IMAGES, namespace,
							() -> TemplateJudgement.images(namespace, installed, this.expected))));
		Stream<Check> rest = Stream.of(guarded(AccountJudgement.ACCOUNTS, namespace, () -> AccountJudgement.of(facts)),
				guarded(TokenJudgement.TOKEN, namespace, () -> TokenJudgement.of(facts, now)),
				guarded(IdentityJudgement.IDENTITY, namespace,
						() -> IdentityJudgement.of(facts, this.subject.registry())),
				guarded(ControllerJudgement.CONTROLLER, namespace, () -> ControllerJudgement.of(facts, now)),
				guarded(VersionJudgement.VERSION, namespace, () -> VersionJudgement.of(facts)));
		return Stream.of(rights, templates, rest).flatMap((part) -> part).toList();
	}

	/** What one of them does not understand is no reason to be silent about the rest. */
	private static Check guarded(String name, String namespace, Supplier<Check> judgement) {
		try {
			return judgement.get();
		}
		catch (RuntimeException ex) {
			logger.error("The check {} of the namespace {} failed", name, namespace, ex);
			return Check.cannotSee(name, namespace, "Judging it failed; the log says why.", null);
		}
	}

	private static List<Check> unseen(String namespace, String why) {
		return NAMES.stream().map((name) -> Check.cannotSee(name, namespace, why, null)).toList();
	}

	/**
	 * What the installation says of itself.
	 *
	 * @param installation its id
	 * @param registry the registry's host
	 * @param onboarding the teams
	 */
	public record Subject(String installation, String registry, Onboarding onboarding) {
	}

	/**
	 * How long looking may take.
	 *
	 * @param one one question
	 * @param all all questions together
	 */
	public record Limits(Duration one, Duration all) {

		/**
		 * The limits of production.
		 * @return a few seconds
		 */
		public static Limits standard() {
			return new Limits(Duration.ofSeconds(3), Duration.ofSeconds(6));
		}

	}

}
