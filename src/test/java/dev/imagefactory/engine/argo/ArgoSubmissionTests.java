package dev.imagefactory.engine.argo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.rendering.RunJson;
import dev.imagefactory.rendering.Site;
import dev.imagefactory.rendering.WorkflowRenderer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A run becomes one Workflow, whatever the API server and the network do meanwhile. */
class ArgoSubmissionTests {

	private static final Team PAYMENTS = TestCluster.team("payments", TestCluster.BUILDS);

	private final TestCluster cluster = new TestCluster();

	private final StrictKubernetes kubernetes = this.cluster.kubernetes;

	private final Run run = TestRuns.release();

	@AfterEach
	void nothingWasEverReplaced() {
		assertThat(this.kubernetes.requests).noneMatch((line) -> line.startsWith("PUT") || line.startsWith("DELETE"));
		this.cluster.close();
	}

	@Test
	void submitWhenNothingIsThereCreatesTheRenderedWorkflow() {
		assertThat(this.cluster.engine().submit(this.run)).isInstanceOf(Submission.Accepted.class);
		ObjectNode stored = this.cluster.stored(this.run);
		JsonNode rendered = WorkflowRenderer.json(this.run,
				new Site(TestCluster.INSTALLATION, "registry.example.com", PAYMENTS));
		assertThat(stored.get("spec")).isEqualTo(rendered.get("spec"));
		assertThat(stored.at("/metadata/labels")).isEqualTo(rendered.at("/metadata/labels"));
		assertThat(stored.at("/metadata/annotations")).isEqualTo(rendered.at("/metadata/annotations"));
		assertThat(stored.at("/metadata/finalizers")).isEqualTo(rendered.at("/metadata/finalizers"));
		assertThat(this.kubernetes.requests)
			.containsExactly("POST /apis/argoproj.io/v1alpha1/namespaces/builds/workflows");
	}

	@Test
	void submitWhenTheTeamHasANamespaceOfItsOwnCreatesTheWorkflowThere() {
		ArgoEngine engine = this.cluster.engine(TestCluster.PATIENT, TestCluster.team("search", TestCluster.BUILDS),
				TestCluster.team("payments", TestCluster.SEARCH));
		assertThat(engine.submit(this.run)).isInstanceOf(Submission.Accepted.class);
		assertThat(this.kubernetes.store.read(TestCluster.SEARCH, this.run.build().value())).isNotNull();
		assertThat(engine.find(this.run.build())).isPresent();
	}

	static Stream<Arguments> answersThatAreLostAfterTheCommit() {
		return Stream.of(arguments("the connection breaks", Fault.answerLost()),
				arguments("the answer stops halfway", Fault.answerTorn()),
				arguments("nothing is ever said", Fault.silentAfterwards()),
				arguments("a proxy gives up", Fault.doneBut(new Reply(504, "text/html", "<html>Timeout</html>"))),
				arguments("a load balancer gives up",
						Fault.doneBut(new Reply(408, "text/html", "<html>Timeout</html>"))),
				arguments("etcd was slow", Fault.doneBut(Reply.status(500, "InternalError", "etcdserver: timeout"))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("answersThatAreLostAfterTheCommit")
	void submitWhenTheAnswerIsLostLooksByNameAndFindsIt(String story, Fault fault) {
		this.kubernetes.once("POST", fault);
		assertThat(this.cluster.engine(TestCluster.HASTY, PAYMENTS).submit(this.run))
			.isInstanceOf(Submission.Accepted.class);
		assertThat(this.kubernetes.count("POST")).isOne();
		assertThat(this.kubernetes.store.size()).isOne();
	}

	@Test
	void submitWhenTheRequestIsLostIsUnavailableAndTheNextOneCreates() {
		ArgoEngine engine = this.cluster.engine();
		this.kubernetes.once("POST", Fault.dropped());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run))
			.withMessageContaining("create the Workflow " + this.run.build());
		assertThat(this.kubernetes.count("POST")).isOne();
		assertThat(engine.submit(this.run)).isInstanceOf(Submission.Accepted.class);
		assertThat(this.kubernetes.store.size()).isOne();
	}

	@Test
	void submitWhenEvenTheLookIsLostIsUnavailableAndTheNextOneAdopts() {
		ArgoEngine engine = this.cluster.engine();
		this.kubernetes.once("POST", Fault.answerLost());
		this.kubernetes.always("GET", Fault.dropped());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run));
		this.kubernetes.heal();
		assertThat(engine.submit(this.run)).isInstanceOf(Submission.Accepted.class);
		assertThat(this.kubernetes.store.size()).isOne();
	}

	@Test
	void submitWhenALateCreateArrivesAfterTheLookAdoptsItTheNextTime() {
		ArgoEngine engine = this.cluster.engine();
		this.kubernetes.once("POST", Fault.dropped());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run));
		ObjectNode late = rendered();
		this.kubernetes.store.put(TestCluster.BUILDS, late);
		assertThat(engine.submit(this.run)).isInstanceOf(Submission.Accepted.class);
		assertThat(this.kubernetes.store.size()).isOne();
	}

	@Test
	void submitWhenNobodyListensIsUnavailable() {
		ArgoEngine engine = this.cluster.engine();
		this.kubernetes.close();
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run));
	}

	static Stream<Arguments> answersThatPass() {
		return Stream.of(arguments(500, "InternalError", "failed calling webhook \"policy\": no endpoints available"),
				arguments(503, "ServiceUnavailable", "apiserver is shutting down"),
				arguments(429, "TooManyRequests", "the server has received too many requests"),
				arguments(401, "Unauthorized", "Unauthorized"),
				arguments(403, "Forbidden",
						"workflows.argoproj.io \"x\" is forbidden: exceeded quota: builds, requested: "
								+ "count/workflows.argoproj.io=1, used: count/workflows.argoproj.io=20, "
								+ "limited: count/workflows.argoproj.io=20"),
				arguments(403, "Forbidden",
						"workflows.argoproj.io is forbidden: User \"system:serviceaccount:factory:factory\" cannot "
								+ "create resource \"workflows\" in API group \"argoproj.io\" in the namespace \"builds\""),
				arguments(403, "Forbidden",
						"workflows.argoproj.io \"x\" is forbidden: unable to create new content in "
								+ "namespace builds because it is being terminated"),
				arguments(404, "NotFound", "namespaces \"builds\" not found"));
	}

	@ParameterizedTest
	@MethodSource("answersThatPass")
	void submitWhenTheAnswerMayChangeIsUnavailableAndAskedOnce(int code, String reason, String message) {
		ArgoEngine engine = this.cluster.engine();
		this.kubernetes.once("POST", Fault.answer(Reply.status(code, reason, message)));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run))
			.withMessageContaining(message)
			.withMessageContaining(this.run.build().value());
		assertThat(this.kubernetes.count("POST")).isOne();
		assertThat(engine.submit(this.run)).isInstanceOf(Submission.Accepted.class);
	}

	static Stream<Arguments> refusals() {
		return Stream.of(
				arguments(403, "Forbidden", "admission webhook \"images\" denied the request: no builds today"),
				arguments(403, "Forbidden",
						"workflows.argoproj.io \"x\" is forbidden: ValidatingAdmissionPolicy 'v' with binding 'b' "
								+ "denied request: expression failed"),
				arguments(400, "BadRequest", "admission webhook \"images\" denied the request: bad label"),
				arguments(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728"),
				arguments(422, "Invalid", "Workflow.argoproj.io \"x\" is invalid: spec.arguments: Required value"));
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void submitWhenAdmissionRefusesEndsTheBuildWithTheWordsOfTheApi(int code, String reason, String message) {
		this.kubernetes.once("POST", Fault.answer(Reply.status(code, reason, message)));
		RunResult.Errored result = refused(this.cluster.engine().submit(this.run));
		assertThat(result.reason()).isEqualTo("workflow-refused");
		assertThat(result.detail()).contains(message).contains("namespace builds");
		assertThat(this.kubernetes.requests).hasSize(1);
	}

	@Test
	void submitWhenToldToWaitSendsNothingUntilThen() {
		ArgoEngine engine = this.cluster.engine();
		this.kubernetes.once("POST",
				Fault.answer(Reply.status(429, "TooManyRequests", "too many").with("Retry-After", "3600")));
		assertThat(engine.room()).isPositive();
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run));
		assertThat(engine.room()).isZero();
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run))
			.withMessageContaining("asked to be left alone");
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.find(this.run.build()));
		assertThat(this.kubernetes.requests).hasSize(1);
	}

	@Test
	void submitWhenItsOwnWorkflowIsThereAdoptsIt() {
		this.cluster.engine().submit(this.run);
		ObjectNode before = this.cluster.stored(this.run);
		assertThat(this.cluster.engine().submit(this.run)).isInstanceOf(Submission.Accepted.class);
		assertThat(this.cluster.stored(this.run)).isEqualTo(before);
	}

	@Test
	void submitWhenItsOwnWorkflowIsBeingDeletedAdoptsIt() {
		this.cluster.engine().submit(this.run);
		this.kubernetes.store.delete(TestCluster.BUILDS, this.run.build().value());
		assertThat(this.cluster.engine().submit(this.run)).isInstanceOf(Submission.Accepted.class);
		assertThat(this.kubernetes.store.size()).isOne();
	}

	static Stream<Arguments> foreignObjects() {
		return Stream.of(arguments("bare", (Foreign) (object, run) -> WorkflowStore.meta(object).remove("labels")),
				arguments("of another installation",
						(Foreign) (object, run) -> WorkflowStore.meta(object)
							.withObjectProperty("labels")
							.put("image-factory.dev/installation", "another")),
				arguments("made for another build",
						(Foreign) (object, run) -> WorkflowStore.meta(object)
							.withObjectProperty("annotations")
							.put("image-factory.dev/order", RunJson.write(TestRuns.release()))),
				arguments("with an order that is none",
						(Foreign) (object, run) -> WorkflowStore.meta(object)
							.withObjectProperty("annotations")
							.put("image-factory.dev/order", "{}")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("foreignObjects")
	@ExtendWith(OutputCaptureExtension.class)
	@ResourceLock(Resources.SYSTEM_OUT)
	void submitWhenTheNameIsTakenRaisesAnAlarmAndLeavesTheObjectAlone(String story, Foreign foreign,
			CapturedOutput output) {
		ObjectNode object = rendered();
		foreign.make(object, this.run);
		ObjectNode before = this.kubernetes.store.put(TestCluster.BUILDS, object);
		RunResult.Errored result = refused(this.cluster.engine().submit(this.run));
		assertThat(result.reason()).isEqualTo("name-taken");
		assertThat(result.detail()).contains("namespace builds", this.run.build().value(), "delete it");
		assertThat(output).contains("ERROR", "ALARM", before.at("/metadata/uid").asText());
		assertThat(this.cluster.stored(this.run)).isEqualTo(before);
		assertThat(this.kubernetes.patches).isEmpty();
	}

	@Test
	void submitWhenTheTeamIsGoneEndsTheBuild() {
		RunResult.Errored result = refused(
				this.cluster.engine(TestCluster.PATIENT, TestCluster.team("search", TestCluster.BUILDS))
					.submit(this.run));
		assertThat(result.reason()).isEqualTo("workflow-refused");
		assertThat(result.detail()).contains("no team payments");
		assertThat(this.kubernetes.requests).isEmpty();
	}

	@Test
	void submitWhenReplicasRaceMakesOneWorkflow() throws Exception {
		List<Run> runs = Stream.generate(TestRuns::release).limit(20).toList();
		List<ArgoEngine> replicas = List.of(this.cluster.engine(), this.cluster.engine(), this.cluster.engine());
		List<Callable<Submission>> races = new ArrayList<>();
		runs.forEach((each) -> replicas.forEach((replica) -> races.add(() -> replica.submit(each))));
		try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
			for (Future<Submission> race : threads.invokeAll(races)) {
				assertThat(race.get()).isInstanceOf(Submission.Accepted.class);
			}
		}
		assertThat(this.kubernetes.store.size()).isEqualTo(runs.size());
	}

	@Test
	void submitWhenAThirdOfTheAnswersAreLostMakesAsManyWorkflowsAsRuns() {
		List<Run> runs = Stream.generate(TestRuns::release).limit(60).toList();
		List<ArgoEngine> replicas = List.of(this.cluster.engine(), this.cluster.engine());
		List<Fault> losses = List.of(Fault.answerLost(), Fault.dropped());
		int turn = 0;
		List<Run> open = runs;
		while (!open.isEmpty()) {
			List<Run> again = new ArrayList<>();
			for (Run each : open) {
				if (turn % 3 == 0) {
					this.kubernetes.once("/workflows", losses.get(turn % 2));
				}
				try {
					replicas.get(turn++ % 2).submit(each);
				}
				catch (EngineUnavailable ex) {
					again.add(each);
				}
			}
			open = again;
		}
		assertThat(this.kubernetes.store.size()).isEqualTo(runs.size());
		assertThat(runs).allSatisfy((each) -> assertThat(this.cluster.stored(each)).isNotNull());
	}

	private ObjectNode rendered() {
		return WorkflowRenderer.json(this.run, new Site(TestCluster.INSTALLATION, "registry.example.com", PAYMENTS))
			.deepCopy();
	}

	private static RunResult.Errored refused(Submission submission) {
		assertThat(submission).isInstanceOf(Submission.Refused.class);
		return (RunResult.Errored) ((Submission.Refused) submission).result();
	}

	/** Makes a Workflow one that is not ours. */
	@FunctionalInterface
	interface Foreign {

		void make(ObjectNode object, Run run);

	}

}
