package dev.imagefactory.engine.argo;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.rendering.WorkflowRenderer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** Runs are found, listed, stopped and released; what others wrote stays as it is. */
class ArgoRunsTests {

	private static final Team PAYMENTS = TestCluster.team("payments", TestCluster.BUILDS);

	private static final Team SEARCHERS = TestCluster.team("search", TestCluster.SEARCH);

	private final TestCluster cluster = new TestCluster();

	private final StrictKubernetes kubernetes = this.cluster.kubernetes;

	private final ArgoEngine engine = this.cluster.engine(TestCluster.PATIENT, PAYMENTS, SEARCHERS);

	private final Run run = TestRuns.release();

	private final BuildId build = this.run.build();

	@AfterEach
	void nothingWasEverReplaced() {
		assertThat(this.kubernetes.requests).noneMatch((line) -> line.startsWith("PUT") || line.startsWith("DELETE"));
		this.cluster.close();
	}

	@Test
	void findWhenTheRunIsThereTranslatesIt() {
		this.engine.submit(this.run);
		assertThat(this.engine.find(this.build).orElseThrow().phase()).isInstanceOf(RunPhase.Waiting.class);
		this.cluster.phase(this.build, "Running");
		assertThat(this.engine.find(this.build).orElseThrow().phase()).isInstanceOf(RunPhase.Running.class);
	}

	@Test
	void findWhenAnotherProcessAsksLooksInEveryNamespaceAndAsksTheStore() {
		this.engine.submit(this.run);
		ArgoEngine another = this.cluster.engine(TestCluster.PATIENT, SEARCHERS, PAYMENTS);
		assertThat(another.find(this.build)).isPresent();
		assertThat(this.kubernetes.count("GET")).isEqualTo(2);
		assertThat(another.find(this.build)).isPresent();
		assertThat(this.kubernetes.count("GET")).isEqualTo(3);
		assertThat(this.kubernetes.requests).noneMatch((line) -> line.contains("resourceVersion"));
	}

	@Test
	void findWhenThereIsNoneIsEmptyAfterEveryNamespaceSaidSo() {
		assertThat(this.engine.find(this.build)).isEmpty();
		assertThat(this.kubernetes.count("GET")).isEqualTo(2);
		this.kubernetes.always(TestCluster.SEARCH, Fault.answer(Reply.status(403, "Forbidden", "no")));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.find(this.build))
			.withMessageContaining(TestCluster.SEARCH);
	}

	@Test
	void findWhenItsTeamIsKnownNeedsNoNamespaceThatIsClosed() {
		this.kubernetes.always(TestCluster.SEARCH, Fault.answer(Reply.status(403, "Forbidden", "no")));
		assertThat(this.engine.find(this.build, PAYMENTS.name())).isEmpty();
		assertThatExceptionOfType(EngineUnavailable.class)
			.isThrownBy(() -> this.engine.find(this.build, SEARCHERS.name()));
		assertThatExceptionOfType(EngineUnavailable.class)
			.isThrownBy(() -> this.engine.find(this.build, TeamName.of("nobody")));
	}

	@Test
	void findWhenItsNamespaceIsKnownNeedsNoOtherThatIsClosed() {
		this.engine.submit(this.run);
		this.kubernetes.always(TestCluster.SEARCH, Fault.answer(Reply.status(403, "Forbidden", "no")));
		this.kubernetes.store.remove(TestCluster.BUILDS, this.build.value());
		assertThat(this.engine.find(this.build)).isEmpty();
	}

	@Test
	void findWhenAnotherNamespaceIsSilentIsUnavailable() {
		this.kubernetes.always(TestCluster.SEARCH, Fault.answer(Reply.status(503, "ServiceUnavailable", "no")));
		assertThatExceptionOfType(EngineUnavailable.class)
			.isThrownBy(() -> this.engine.find(this.build, PAYMENTS.name()));
	}

	@Test
	void findWhenSomethingElseAnswers404IsNoDenial() {
		this.engine.submit(this.run);
		this.kubernetes.once("GET", Fault.answer(new Reply(404, "text/plain", "404 page not found\n")));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.find(this.build));
		this.kubernetes.once("GET", Fault.answer(Reply.notFound("namespaces", TestCluster.BUILDS, null)));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.find(this.build));
		this.kubernetes.once("GET", Fault.answer(new Reply(200, "text/html", "<html>Sign in</html>")));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.find(this.build))
			.withMessageContaining("Look what answers at its address");
	}

	@Test
	void findWhenNothingIsSaidGivesUpAfterItsLimit() {
		ArgoEngine hasty = this.cluster.engine(TestCluster.HASTY, PAYMENTS);
		this.engine.submit(this.run);
		this.kubernetes.once("GET", Fault.silent());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> hasty.find(this.build))
			.withMessageContaining("1500 ms");
		this.kubernetes.once("GET", Fault.answerTorn());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> hasty.find(this.build))
			.withMessageContaining("1500 ms");
		assertThat(hasty.find(this.build)).isPresent();
	}

	@Test
	void findWhenTheNameIsAForeignObjectsIsEmpty() {
		this.cluster.engine(TestCluster.PATIENT, "another-installation", PAYMENTS).submit(this.run);
		assertThat(this.engine.find(this.build)).isEmpty();
		assertThat(this.engine.kept(this.build)).isEmpty();
		assertThat(this.engine.list()).isEmpty();
		this.engine.stop(this.build);
		this.engine.release(this.build);
		assertThat(this.kubernetes.patches).isEmpty();
	}

	@Test
	void keptWhenTheRunIsThereReadsItBack() {
		this.engine.submit(this.run);
		assertThat(this.engine.kept(this.build)).contains(this.run.at(TestCluster.BUILDS));
		annotate("image-factory.dev/order", "no JSON");
		assertThat(this.engine.kept(this.build)).isEmpty();
	}

	@Test
	void listWhenThereAreAThousandReadsThemInPages() {
		List<Run> runs = Stream.generate(TestRuns::release).limit(1000).toList();
		ArgoEngine one = this.cluster.engine(TestCluster.PATIENT, PAYMENTS);
		runs.forEach(one::submit);
		this.kubernetes.requests.clear();
		assertThat(one.list()).extracting(RunStatus::build)
			.containsExactlyInAnyOrderElementsOf(runs.stream().map(Run::build).toList());
		assertThat(this.kubernetes.requests).hasSize(2)
			.allMatch((line) -> line.contains("limit=500")
					&& line.contains("labelSelector=image-factory.dev%2Finstallation%3D" + TestCluster.INSTALLATION));
	}

	@Test
	void listWhenTheTokenOfAPageIsTooOldBeginsAnew() {
		ArgoEngine small = this.cluster.engine(smallPages(), PAYMENTS);
		List<Run> runs = Stream.generate(TestRuns::release).limit(7).toList();
		runs.forEach(small::submit);
		BuildId first = runs.getFirst().build();
		this.kubernetes.once("continue=", Fault.after(() -> {
			this.kubernetes.store.compact();
			this.cluster.phase(first, "Succeeded");
			this.kubernetes.store.change(TestCluster.BUILDS, first.value(),
					(object) -> WorkflowStore.meta(object).remove("finalizers"));
		}));
		assertThat(small.list()).extracting(RunStatus::build)
			.containsExactlyInAnyOrderElementsOf(runs.stream().skip(1).map(Run::build).toList());
	}

	@Test
	void listWhenEveryTokenIsTooOldIsUnavailable() {
		ArgoEngine small = this.cluster.engine(smallPages(), PAYMENTS);
		IntStream.range(0, 3).forEach((i) -> small.submit(TestRuns.release()));
		this.kubernetes.always("continue=", Fault.answer(Reply.status(410, "Expired", "too old")));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(small::list).withMessageContaining("out of date");
	}

	@Test
	void listWhenOneNamespaceDoesNotAnswerTellsOfTheOthers() {
		this.engine.submit(this.run);
		this.kubernetes.always(TestCluster.SEARCH, Fault.answer(Reply.status(403, "Forbidden", "no")));
		assertThat(this.engine.list()).extracting(RunStatus::build).containsExactly(this.build);
		this.kubernetes.always(TestCluster.BUILDS, Fault.answer(Reply.status(500, "InternalError", "no")));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(this.engine::list);
	}

	@Test
	void listWhenNobodyAnswersGivesUpAfterTwoNamespaces() {
		ArgoEngine hasty = this.cluster.engine(TestCluster.HASTY, PAYMENTS, SEARCHERS, TestCluster.team("a", "a"),
				TestCluster.team("b", "b"));
		this.kubernetes.always("GET", Fault.silent());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(hasty::list);
		assertThat(this.kubernetes.count("GET")).isEqualTo(2);
	}

	/**
	 * It may take a week until somebody gives the right, or the namespace is given up.
	 */
	@Test
	@ExtendWith(OutputCaptureExtension.class)
	@ResourceLock(Resources.SYSTEM_OUT)
	void listWhenANamespaceStaysClosedSaysSoOnceAndThatItIsOpenAgain(CapturedOutput output) {
		ArgoEngine engine = this.cluster.engine(TestCluster.PATIENT, PAYMENTS,
				TestCluster.team("c", "closed-for-days"));
		this.kubernetes.always("closed-for-days", Fault.answer(Reply.status(403, "Forbidden", "no")));
		IntStream.range(0, 5).forEach((time) -> engine.list());
		assertThat(told(output, "closed-for-days")).singleElement(InstanceOfAssertFactories.STRING)
			.contains("not known until");
		this.kubernetes.heal();
		IntStream.range(0, 2).forEach((time) -> engine.list());
		assertThat(told(output, "closed-for-days")).hasSize(2).last(InstanceOfAssertFactories.STRING).contains("again");
		this.kubernetes.always("closed-for-days", Fault.answer(Reply.status(403, "Forbidden", "no")));
		engine.list();
		assertThat(told(output, "closed-for-days")).hasSize(3);
	}

	private static List<String> told(CapturedOutput output, String namespace) {
		return output.getAll()
			.lines()
			.filter((line) -> line.contains("The runs of") && line.contains(namespace))
			.toList();
	}

	@Test
	void listWhenSomebodyCopiedAWorkflowLeavesTheCopyOut() {
		this.engine.submit(this.run);
		ObjectNode copy = this.cluster.stored(this.run);
		WorkflowStore.meta(copy).put("name", this.build + "-abcde").remove("resourceVersion");
		this.kubernetes.store.put(TestCluster.BUILDS, copy);
		assertThat(this.engine.list()).extracting(RunStatus::build).containsExactly(this.build);
	}

	@Test
	void listWhenOneCannotBeUnderstoodTellsOfTheOthersAndFindSaysSo() {
		Run odd = TestRuns.release();
		this.engine.submit(this.run);
		this.engine.submit(odd);
		this.cluster.phase(odd.build(), "Odd");
		assertThat(this.engine.list()).extracting(RunStatus::build).containsExactly(this.build);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.engine.find(odd.build()));
	}

	@Test
	void listWhenTheServerShowsAnOldStateIsThatState() {
		this.engine.submit(this.run);
		this.kubernetes.store.freezeLists();
		this.cluster.phase(this.build, "Running");
		assertThat(this.engine.list().getFirst().phase()).isInstanceOf(RunPhase.Waiting.class);
		assertThat(this.engine.find(this.build).orElseThrow().phase()).isInstanceOf(RunPhase.Running.class);
		this.kubernetes.store.thawLists();
		assertThat(this.engine.list().getFirst().phase()).isInstanceOf(RunPhase.Running.class);
	}

	@Test
	void stopWhenTheRunLivesSaysSoAndChangesNothingElse() {
		this.engine.submit(this.run);
		othersWrite();
		this.kubernetes.store.change(TestCluster.BUILDS, this.build.value(),
				(object) -> object.withObjectProperty("spec").put("suspend", true));
		ObjectNode expected = this.cluster.stored(this.run);
		this.engine.stop(this.build);
		expected.withObjectProperty("spec").put("shutdown", "Terminate").remove("suspend");
		assertThat(withoutVersion(this.cluster.stored(this.run))).isEqualTo(withoutVersion(expected));
		this.engine.stop(this.build);
		assertThat(this.kubernetes.patches).hasSize(1);
	}

	@Test
	void stopWhenTheRunIsOverOrUnknownDoesNothing() {
		this.engine.stop(this.build);
		this.engine.submit(this.run);
		this.cluster.phase(this.build, "Failed");
		this.engine.stop(this.build);
		assertThat(this.kubernetes.patches).isEmpty();
	}

	@Test
	void stopWhenTheRunGoesMeanwhileDoesNothing() {
		this.engine.submit(this.run);
		this.kubernetes.once("PATCH", Fault.after(() -> {
			this.kubernetes.store.change(TestCluster.BUILDS, this.build.value(),
					(object) -> WorkflowStore.meta(object).remove("finalizers"));
			this.kubernetes.store.delete(TestCluster.BUILDS, this.build.value());
		}));
		assertThatNoException().isThrownBy(() -> this.engine.stop(this.build));
	}

	@Test
	void stopWhenTheAnswerIsLostIsUnavailableAndDoneAllTheSame() {
		this.engine.submit(this.run);
		this.kubernetes.once("PATCH", Fault.answerLost());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.stop(this.build));
		assertThat(this.cluster.stored(this.run).at("/spec/shutdown").asText()).isEqualTo("Terminate");
		this.engine.stop(this.build);
		assertThat(this.kubernetes.patches).hasSize(1);
	}

	@Test
	void stopWhenRefusedIsUnavailableWithTheWordsOfTheApi() {
		this.engine.submit(this.run);
		this.kubernetes.once("PATCH", Fault.answer(Reply.status(403, "Forbidden", "cannot patch resource")));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.stop(this.build))
			.withMessageContaining("cannot patch resource");
	}

	@Test
	void resumeWhenSuspendedTakesOnlyThatAway() {
		this.engine.submit(this.run);
		othersWrite();
		ObjectNode expected = this.cluster.stored(this.run);
		this.kubernetes.store.change(TestCluster.BUILDS, this.build.value(),
				(object) -> object.withObjectProperty("spec").put("suspend", true));
		this.cluster.workflows().patch(TestCluster.BUILDS, this.build.value(), MergePatch.resume());
		assertThat(withoutVersion(this.cluster.stored(this.run))).isEqualTo(withoutVersion(expected));
	}

	@Test
	void releaseWhenTheRunIsOverTakesOurFinalizerAwayAndNothingElse() {
		this.engine.submit(this.run);
		othersWrite();
		this.cluster.phase(this.build, "Succeeded");
		ObjectNode expected = this.cluster.stored(this.run);
		WorkflowStore.meta(expected).putArray("finalizers").add("others.example.com/hold").add("more.example.com/hold");
		this.engine.release(this.build);
		assertThat(withoutVersion(this.cluster.stored(this.run))).isEqualTo(withoutVersion(expected));
		assertThat(this.engine.list()).isEmpty();
		this.engine.release(this.build);
		assertThat(this.kubernetes.patches).hasSize(1)
			.first()
			.asString()
			.contains("resourceVersion")
			.doesNotContain(WorkflowRenderer.FINALIZER);
	}

	@Test
	void releaseWhenOthersWereQuickerReadsAgainAndKeepsWhatTheyWrote() {
		this.engine.submit(this.run);
		this.cluster.phase(this.build, "Failed");
		this.kubernetes.once("PATCH", Fault.after(() -> this.kubernetes.store.change(TestCluster.BUILDS,
				this.build.value(),
				(object) -> WorkflowStore.meta(object).withArrayProperty("finalizers").add("late.example.com/hold"))));
		this.engine.release(this.build);
		assertThat(WorkflowStore.texts(this.cluster.stored(this.run).at("/metadata/finalizers")))
			.containsExactly("late.example.com/hold");
		assertThat(this.kubernetes.patches).hasSize(2);
	}

	@Test
	void releaseWhenOthersAreAlwaysQuickerIsUnavailable() {
		this.engine.submit(this.run);
		this.cluster.phase(this.build, "Failed");
		this.kubernetes.always("PATCH", Fault.after(() -> annotate("others.example.com/at", "" + System.nanoTime())));
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.release(this.build))
			.withMessageContaining("others change its Workflow");
		assertThat(this.kubernetes.patches).hasSize(5);
		assertThat(WorkflowStore.texts(this.cluster.stored(this.run).at("/metadata/finalizers")))
			.containsExactly(WorkflowRenderer.FINALIZER);
	}

	@Test
	void releaseWhenItIsBeingDeletedLetsItGo() {
		this.engine.submit(this.run);
		this.cluster.phase(this.build, "Failed");
		this.kubernetes.store.delete(TestCluster.BUILDS, this.build.value());
		assertThat(this.engine.find(this.build)).isPresent();
		this.engine.release(this.build);
		assertThat(this.kubernetes.store.size()).isZero();
		assertThat(this.engine.find(this.build)).isEmpty();
	}

	@Test
	void releaseWhenTheRunGoesOnLeavesItAlone() {
		this.engine.submit(this.run);
		this.cluster.phase(this.build, "Running");
		this.engine.release(this.build);
		assertThat(this.kubernetes.patches).isEmpty();
	}

	@Test
	void releaseWhenTheAnswerIsLostIsUnavailableAndTheNextFindsItDone() {
		this.engine.submit(this.run);
		this.cluster.phase(this.build, "Failed");
		this.kubernetes.once("PATCH", Fault.answerLost());
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> this.engine.release(this.build));
		this.engine.release(this.build);
		assertThat(this.kubernetes.patches).hasSize(1);
	}

	/** A version of Argo that we do not know, another controller, a person. */
	private void othersWrite() {
		this.kubernetes.store.change(TestCluster.BUILDS, this.build.value(), (object) -> {
			WorkflowStore.meta(object)
				.withArrayProperty("finalizers")
				.insert(0, "others.example.com/hold")
				.add("more.example.com/hold");
			WorkflowStore.meta(object).withObjectProperty("annotations").put("others.example.com/note", "{\"a\": [1]}");
			WorkflowStore.meta(object).putArray("managedFields").addObject().put("manager", "argo").putNull("time");
			object.withObjectProperty("spec")
				.putObject("fieldOfTomorrow")
				.putArray("list")
				.add(1.50)
				.add("two")
				.addNull();
			object.withObjectProperty("status").putObject("alsoUnknown").put("big", 9_007_199_254_740_993L);
			object.put("topLevel", "stays");
		});
	}

	private void annotate(String name, String value) {
		this.kubernetes.store.change(TestCluster.BUILDS, this.build.value(),
				(object) -> WorkflowStore.meta(object).withObjectProperty("annotations").put(name, value));
	}

	private static ObjectNode withoutVersion(ObjectNode object) {
		WorkflowStore.meta(object).remove("resourceVersion");
		return object;
	}

	private static WorkflowApi.Limits smallPages() {
		return new WorkflowApi.Limits(TestCluster.PATIENT.one(), TestCluster.PATIENT.list(), 2);
	}

}
