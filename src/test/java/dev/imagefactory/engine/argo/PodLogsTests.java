package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.argo.PodStore.Breach;
import dev.imagefactory.engine.argo.PodStore.Breach.How;
import dev.imagefactory.engine.argo.PodStore.Pod;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What pods write is stored, whatever happens to them and to who reads it. */
class PodLogsTests {

	private static final Instant AT = LogStage.START.plusSeconds(10);

	private final LogStage stage = new LogStage();

	@AfterEach
	void close() {
		this.stage.close();
	}

	@Test
	void followWhileAStepRunsStoresWhatItWritesAndAllOfItBeforeThePodGoes() {
		Pod pod = this.stage.says(Step.CLONE, "Running").pod(Step.CLONE, 1).writes(AT, "Cloning");
		this.stage.replica();
		this.stage.await(Step.CLONE, "Cloning");
		pod.writes(AT.plusSeconds(1), "Done");
		this.stage.await(Step.CLONE, "Cloning", "Done");
		assertThat(this.stage.files().read(LogStage.BUILD, Step.CLONE, 0).text())
			.startsWith("2026-03-01T12:00:10Z Cloning\n");
		assertThat(this.stage.files().read(LogStage.BUILD, Step.CLONE, 0).complete()).isFalse();
		pod.writes(AT.plusSeconds(2), "last words").ends(0);
		this.stage.says(Step.CLONE, "Succeeded").says("Succeeded");
		this.stage.awaitComplete(this.stage.files());
		this.stage.pods.remove(pod);
		assertThat(this.stage.lines(Step.CLONE)).containsExactly("Cloning", "Done", "last words");
		Awaitility.await().until(() -> this.stage.told.contains(LogStage.BUILD));
	}

	@Test
	void followWhenABeatFailsGoesOn() {
		this.stage.badBeats.set(3);
		this.stage.says(Step.CLONE, "Running").pod(Step.CLONE, 1).writes(AT, "Cloning");
		this.stage.replica();
		this.stage.await(Step.CLONE, "Cloning");
		assertThat(this.stage.badBeats).hasValue(0);
	}

	@Test
	void turnsWhenAnItemChangesMeanwhileStayAsTheyWere() {
		StepItem later = item(Step.SCAN, false, 1);
		StepItem first = item(Step.BUILD, false, 0);
		List<StepItem.Turn> turns = List.of(later.turn(), first.turn(), item(Step.CLONE, true, 2).turn());
		later.saw(tries(Step.SCAN, true), 3);
		assertThat(turns.stream().sorted().map((turn) -> turn.item().follow().seen().step()))
			.containsExactly(Step.CLONE, Step.BUILD, Step.SCAN);
	}

	private static StepItem item(Step step, boolean over, long now) {
		return new StepItem(new StepFollow(null, null, tries(step, over)), now);
	}

	private static StepTries tries(Step step, boolean over) {
		StepTries.Try one = new StepTries.Try("node", "", 1, AT, over, "", "", false);
		return new StepTries(LogStage.BUILD, step, TestCluster.BUILDS, "", List.of(one), false);
	}

	@Test
	void followWhenPodsAreNamedByAnOlderRuleFindsThemByTheirWorkflow() {
		this.stage.podNames = "v1";
		Pod pod = this.stage.says(Step.CLONE, "Running").pod(Step.CLONE, 1).writes(AT, "Cloning");
		this.stage.replica();
		this.stage.await(Step.CLONE, "Cloning");
		pod.ends(0);
		this.stage.says(Step.CLONE, "Succeeded").says("Succeeded");
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.cluster.kubernetes.count("GET /api/v1/namespaces/builds/pods?")).isPositive();
	}

	@Test
	void readWhenAnotherPodHasTheNameLeavesItAlone() {
		this.stage.pods.add(LogStage.BUILD.value(), "another-node", LogStage.BUILD + "-any-scan-1")
			.runs()
			.writes(AT, "not ours")
			.ends(0);
		this.stage.says(Step.SCAN, "Succeeded").says("Succeeded");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.SCAN)).noneMatch("not ours"::equals).hasSize(1);
	}

	@Test
	void followWhenTheAnswerIsCutAtAnyByteStoresEachLineOnce() {
		String[] lines = { "one", "", "two words", "\u20acuro", "one" };
		int length = String.join("\n", lines).getBytes(StandardCharsets.UTF_8).length + 31 * lines.length + 2;
		IntStream.range(0, length)
			.forEach((at) -> this.stage.pods.breach(new Breach(at, (at % 2 == 0) ? How.CUT : How.ENDED)));
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1);
		for (String line : lines) {
			pod.writes(AT, line);
		}
		this.stage.replica();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.stage.pods.breaches() == 0);
		pod.ends(0);
		this.stage.says(Step.BUILD, "Succeeded").says("Succeeded");
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.BUILD)).containsExactly(lines);
	}

	@Test
	void readWhenTheLastAnswersEndEarlyInGoodOrderAsksUntilNothingIsNew() {
		Pod pod = this.stage.pod(Step.SCAN, 1).writes(AT, "first").writes(AT.plusSeconds(1), "second");
		pod.writes(AT.plusSeconds(2), "third").ends(1);
		this.stage.pods.breach(new Breach(20, How.ENDED), new Breach(40, How.ENDED), new Breach(80, How.ENDED));
		this.stage.says(Step.SCAN, "Failed").says("Failed");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.SCAN)).containsExactly("first", "second", "third");
	}

	@Test
	void readWhenALineIsOddKeepsItAsOneLine() {
		Pod pod = this.stage.pod(Step.BUILD, 1);
		pod.writes("main", AT, new byte[] { 'a', 0, 'b', (byte) 0xff, 'c', '\t', 'd', '\r', 'e', 0x1b, '[', '3', '1',
				'm', 'f', '\n' });
		pod.writes("main", AT, ("x".repeat(30_000)).getBytes(StandardCharsets.UTF_8));
		pod.writes("main", AT.plusSeconds(5), ("y".repeat(30_000) + "\n").getBytes(StandardCharsets.UTF_8));
		pod.writes("main", AT.plusSeconds(6), "no end".getBytes(StandardCharsets.UTF_8)).ends(0);
		this.stage.says(Step.BUILD, "Succeeded").says("Succeeded");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		List<String> lines = this.stage.lines(Step.BUILD);
		assertThat(lines).hasSize(3).startsWith("a\ufffdb\ufffdc\td\ufffdef").endsWith("no end");
		assertThat(lines.get(1)).startsWith("xxx").endsWith("...").hasSizeBetween(16_000, 16_400);
	}

	@Test
	void readWhenTheLogIsLongStopsAtTheLimitAndSaysSo() {
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1);
		String line = "z".repeat(10_000);
		for (int i = 0; i < 1000; i++) {
			pod.writes(AT.plusMillis(i), line);
		}
		PodLogs first = this.stage.replica();
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> LogStage.text(this.stage.files(), Step.BUILD).contains("longer than 4 MiB"));
		this.stage.kill(first);
		this.stage.replica();
		pod.ends(1);
		this.stage.says(Step.BUILD, "Failed").says("Failed");
		this.stage.awaitComplete(this.stage.files());
		String text = LogStage.text(this.stage.files(), Step.BUILD);
		assertThat(text.length()).isBetween(StepLogs.MOST_BYTES - 20_000, StepLogs.MOST_BYTES);
		assertThat(text).containsOnlyOnce("longer than 4 MiB");
	}

	/** A build can write whatever it likes. */
	@Test
	void readWhenALogSaysThatItIsCutGoesOn() {
		String words = "The log is longer than 4 MiB: the rest is left out.";
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, words);
		PodLogs first = this.stage.replica();
		this.stage.await(Step.BUILD, words);
		this.stage.kill(first);
		pod.writes(AT, "after it");
		this.stage.replica();
		this.stage.await(Step.BUILD, words, "after it");
	}

	@Test
	void readWhenTheContainerStillWaitsComesBack() {
		Pod pod = this.stage.says(Step.PUSH, "Running").waitingPod(Step.PUSH, 1);
		this.stage.replica();
		Awaitility.await().until(() -> this.stage.cluster.kubernetes.count("GET /api/v1/namespaces/builds/pods") > 2);
		pod.runs().writes(AT, "Pushing");
		this.stage.await(Step.PUSH, "Pushing");
	}

	@Test
	void readWhenTheApiServerSaysThatTheContainerWaitsComesBack() {
		this.stage.cluster.kubernetes.once("/log?", Fault.answer(Reply.status(400, "BadRequest",
				"container \"main\" in pod \"x\" is waiting to start: PodInitializing")));
		this.stage.says(Step.PUSH, "Running").pod(Step.PUSH, 1).writes(AT, "Pushing");
		this.stage.replica();
		this.stage.await(Step.PUSH, "Pushing");
	}

	@Test
	void readWhenTheStepNeverBeganSaysWhatWasSaidBeforeIt() {
		Pod pod = this.stage.waitingPod(Step.PUSH, 1);
		pod.writes("init", AT, "layout has changed\n".getBytes(StandardCharsets.UTF_8)).initEnds(41);
		this.stage.says(Step.PUSH, "Failed: init: Error (exit code 41)").says("Failed");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.PUSH)).containsExactly("layout has changed",
				"The container of this step never began: init: Error (exit code 41)");
	}

	@Test
	void readWhenTheClusterEndedThePodBeforeSaysSo() {
		this.stage.waitingPod(Step.BUILD, 1).evicted("Evicted", "The node was low on resource: ephemeral-storage.");
		this.stage.says(Step.BUILD, "Error").says("Error");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.BUILD)).containsExactly("The container of this step never began: "
				+ "Evicted: The node was low on resource: ephemeral-storage");
	}

	@Test
	void followWhenAStepIsTriedAgainStoresEachTryInOrderWithAHeading() {
		this.stage.pod(Step.CLONE, 1).writes(AT, "Cloning").writes(AT, "no route").ends(128);
		this.stage.says(Step.CLONE, "Failed", "Between");
		PodLogs replica = this.stage.replica();
		this.stage.await(Step.CLONE, "Cloning", "no route");
		this.stage.kill(replica);
		// The other node's clock is an hour behind.
		Pod second = this.stage.pod(Step.CLONE, 2).writes(AT.minusSeconds(3600), "Cloning");
		this.stage.says(Step.CLONE, "Failed", "Running");
		replica = this.stage.replica();
		String heading = "Attempt 2, after: main: Error (exit code 128)";
		this.stage.await(Step.CLONE, "Cloning", "no route", heading, "Cloning");
		this.stage.kill(replica);
		second.writes(AT.minusSeconds(3600), "Cloning").ends(0);
		this.stage.says(Step.CLONE, "Failed", "Succeeded").says("Succeeded");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.CLONE)).containsExactly("Cloning", "no route", heading, "Cloning", "Cloning");
	}

	/** The news comes while the end of the first try is being stored. */
	@Test
	void followWhenAStepIsTriedAgainWhileItIsWorkedOnGoesOn() {
		this.stage.pod(Step.CLONE, 1).writes(AT, "Cloning").ends(128);
		this.stage.says(Step.CLONE, "Failed", "Between");
		this.stage.pod(Step.CLONE, 2).writes(AT.plusSeconds(60), "Cloning again");
		this.stage.cluster.kubernetes.once("clone-1/log?",
				Fault.after(() -> this.stage.says(Step.CLONE, "Failed", "Running")));
		this.stage.replica();
		this.stage.await(Step.CLONE, "Cloning", "Attempt 2, after: main: Error (exit code 128)", "Cloning again");
	}

	@Test
	void readWhenThereNeverWasAPodSaysWhy() {
		this.stage.says(Step.CLONE, "Error: pods \"x\" is forbidden: exceeded quota").says("Error");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.CLONE)).containsExactly(
				"There is no log, because there is no pod any more: pods \"x\" is forbidden: exceeded quota");
	}

	@Test
	void readWhenThereIsNoPodAnyMoreTakesWhatIsArchived() {
		this.stage.says(Step.CLONE, "Error: pod deleted").says("Error");
		this.stage.replica((step, attempt, lines) -> {
			lines.accept(attempt.startedAt(), "Cloning");
			lines.accept(attempt.startedAt(), "Cloning");
			return true;
		});
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.CLONE)).containsExactly("Cloning", "Cloning");
	}

	/** No list has such a run any more. */
	@Test
	void archivedWhenTheWorkflowIsGoneIsKeptUntilItsLogsAreStored() {
		AtomicInteger asked = new AtomicInteger();
		AtomicBoolean up = new AtomicBoolean();
		PodLogs logs = this.stage.replica((step, attempt, lines) -> {
			asked.incrementAndGet();
			if (!up.get()) {
				throw new EngineUnavailable("The Argo Server is down");
			}
			lines.accept(attempt.startedAt(), "Cloning");
			return true;
		});
		this.stage.says(Step.CLONE, "Error: pod deleted").says("Error");
		logs.archived(this.stage.workflow());
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
			logs.keepOnly(Set.of());
			return asked.get() > 2;
		});
		up.set(true);
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.CLONE)).containsExactly("Cloning");
	}

	/** What is archived has no times, so nobody can tell which of it is there already. */
	@Test
	void followWhenThePodGoesDoesNotMixWhatIsArchivedWithWhatCameFromIt() {
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "Compiling");
		this.stage.replica((step, attempt, lines) -> {
			lines.accept(attempt.startedAt(), "Compiling");
			return true;
		});
		this.stage.await(Step.BUILD, "Compiling");
		this.stage.pods.remove(pod);
		this.stage.says(Step.BUILD, "Error: pod deleted").says("Error");
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.BUILD)).containsExactly("Compiling",
				"The pod was gone before its log was read to the end; the last lines may be missing.");
	}

	@Test
	void followWhenThePodGoesKeepsWhatItWroteAndSaysThatTheEndMayBeMissing() {
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "Compiling");
		this.stage.replica();
		this.stage.await(Step.BUILD, "Compiling");
		this.stage.pods.remove(pod);
		this.stage.says(Step.BUILD, "Error: pod deleted").says("Error");
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.BUILD)).containsExactly("Compiling",
				"The pod was gone before its log was read to the end; the last lines may be missing.");
	}

	@Test
	void readWhenListsAreOldDoesNotBelieveThatNothingWasWritten() {
		this.stage.pods.freezeMemory();
		this.stage.pod(Step.SCAN, 1).writes(AT, "No findings").ends(0);
		this.stage.says(Step.SCAN, "Succeeded").says("Succeeded");
		this.stage.replica();
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.SCAN)).containsExactly("No findings");
	}

	@ExtendWith(OutputCaptureExtension.class)
	@ResourceLock(Resources.SYSTEM_OUT)
	@Test
	void readWhenTheRightIsMissingSaysSoOnceAndGivesUpInTime(CapturedOutput output) {
		this.stage.cluster.kubernetes.always("/log?", Fault
			.answer(Reply.status(403, "Forbidden", "pods \"x\" is forbidden: cannot get resource \"pods/log\"")));
		this.stage.pod(Step.CLONE, 1).writes(AT, "Cloning").ends(0);
		this.stage.pod(Step.BUILD, 1).writes(AT, "Building").ends(0);
		this.stage.says(Step.CLONE, "Succeeded").says(Step.BUILD, "Succeeded").says("Succeeded");
		PodLogs replica = this.stage.replica();
		Awaitility.await().until(() -> logsAsked() > 6);
		assertThat(output.toString().split("cannot be kept", -1)).hasSize(2);
		assertThat(output).contains("service-access.yaml").doesNotContain(StrictKubernetes.TOKEN);
		assertThat(replica.mayGo(this.stage.workflow())).isFalse();
		this.stage.skipped.addAndGet(Duration.ofMinutes(9).toNanos());
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.CLONE)).singleElement()
			.asString()
			.startsWith("The rest of this log could not be read: ")
			.contains("403");
		Awaitility.await().until(() -> replica.mayGo(this.stage.workflow()));
	}

	@Test
	void mayGoWhenNothingCanBeStoredIsTrueAfterAWhile() {
		this.stage.cluster.kubernetes.always("/pods", Fault.answer(Reply.status(500, "InternalError", "etcd is away")));
		this.stage.says(Step.CLONE, "Succeeded").says("Succeeded");
		PodLogs replica = this.stage.replica();
		assertThat(replica.mayGo(this.stage.workflow())).isFalse();
		this.stage.skipped.addAndGet(Duration.ofMinutes(11).toNanos());
		assertThat(replica.mayGo(this.stage.workflow())).isTrue();
	}

	@Test
	void followWhenNothingIsSaidAnyMoreAsksAnew() {
		this.stage.silence = Duration.ofSeconds(1);
		this.stage.pods.breach(new Breach(38, How.SILENT));
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "Compiling");
		this.stage.replica();
		this.stage.await(Step.BUILD, "Compiling");
		pod.writes(AT, "Linking").writes(AT, "Linking");
		this.stage.await(Step.BUILD, "Compiling", "Linking", "Linking");
		long asked = logsAsked();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> logsAsked() > asked + 1);
		pod.writes(AT, "Done");
		this.stage.await(Step.BUILD, "Compiling", "Linking", "Linking", "Done");
	}

	/** The templates say how long a pod stays after its step. */
	@ParameterizedTest
	@ValueSource(strings = { "image-build-v1.yaml", "image-retag.yaml" })
	void standardWhenComparedWithTheTemplatesIsDoneBeforePodsGo(String template) throws IOException {
		String text = Files.readString(Path.of("workflow-templates", template));
		Matcher delay = Pattern.compile("podGC:\\s+strategy: OnPodCompletion\\s+deleteDelayDuration: (\\d+)m\\s")
			.matcher(text);
		assertThat(delay.find()).isTrue();
		Duration stays = Duration.ofMinutes(Long.parseLong(delay.group(1)));
		PodLogs.Limits limits = PodLogs.Limits.standard();
		assertThat(limits.giveUp()).isLessThanOrEqualTo(stays.minusMinutes(2));
		assertThat(limits.patience()).isGreaterThan(limits.giveUp()).isLessThanOrEqualTo(stays);
	}

	@ParameterizedTest
	@EnumSource(How.class)
	void followWhenLinesOfTwoStreamsComeOutOfOrderLosesNone(How how) {
		this.stage.silence = Duration.ofSeconds(1);
		this.stage.pods.breach(new Breach(76, how));
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1);
		pod.writes(AT.plusMillis(1900), "out 1").writes(AT.plusMillis(900), "err 1");
		pod.writes(AT.plusMillis(1901), "out 2").writes(AT.plusMillis(850), "err 2");
		this.stage.replica();
		this.stage.await(Step.BUILD, "out 1", "err 1", "out 2", "err 2");
	}

	@Test
	void followWhenTheApiServerIsRestartedGoesOn() {
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "Compiling");
		this.stage.cluster.kubernetes.always("/pods", Fault.dropped());
		this.stage.replica();
		Awaitility.await().until(() -> this.stage.cluster.kubernetes.requests.size() > 2);
		this.stage.cluster.kubernetes.heal();
		this.stage.await(Step.BUILD, "Compiling");
		pod.writes(AT, "Linking");
		this.stage.await(Step.BUILD, "Compiling", "Linking");
	}

	@Test
	void readWhenMuchIsToBeReadTakesEndedPodsFirst() {
		PodLogs.Limits one = new PodLogs.Limits(0, 1, Duration.ofMillis(20), 8, Duration.ofMillis(20),
				Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMinutes(8), Duration.ofMinutes(10));
		this.stage.says(Step.CLONE, "Running").pod(Step.CLONE, 1).writes(AT, "Cloning");
		this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "Building");
		this.stage.says(Step.SCAN, "Succeeded").pod(Step.SCAN, 1).writes(AT, "Scanning").ends(0);
		this.stage.replica(one);
		this.stage.await(Step.SCAN, "Scanning");
		this.stage.await(Step.BUILD, "Building");
		assertThat(this.stage.cluster.kubernetes.requests).filteredOn((line) -> line.contains("/log?"))
			.first()
			.asString()
			.contains("-scan-");
	}

	@Test
	void followWhenAnAppendIsDoneAndItsAnswerLostStoresNothingTwice() {
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "one");
		this.stage.replica(new LosingAnswers(this.stage.store()));
		this.stage.await(Step.BUILD, "one");
		pod.writes(AT, "two");
		this.stage.await(Step.BUILD, "one", "two");
		pod.writes(AT, "three").ends(0);
		this.stage.says(Step.BUILD, "Succeeded").says("Succeeded");
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.BUILD)).containsExactly("one", "two", "three");
	}

	@Test
	void followWhenMoreRunThanAreFollowedReadsTheOthersInTurns() {
		PodLogs.Limits one = new PodLogs.Limits(1, 1, Duration.ofMillis(20), 8, Duration.ofMillis(20),
				Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMinutes(8), Duration.ofMinutes(10));
		Pod clone = this.stage.says(Step.CLONE, "Running").pod(Step.CLONE, 1).writes(AT, "Cloning");
		Pod build = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "Building");
		Pod scan = this.stage.says(Step.SCAN, "Running").pod(Step.SCAN, 1).writes(AT, "Scanning");
		this.stage.replica(one);
		this.stage.await(Step.CLONE, "Cloning");
		this.stage.await(Step.BUILD, "Building");
		this.stage.await(Step.SCAN, "Scanning");
		clone.writes(AT, "more");
		build.writes(AT, "more");
		scan.writes(AT, "more").ends(0);
		this.stage.says(Step.SCAN, "Succeeded");
		this.stage.await(Step.SCAN, "Scanning", "more");
		this.stage.await(Step.CLONE, "Cloning", "more");
		this.stage.await(Step.BUILD, "Building", "more");
		assertThat(this.stage.pods.mostFollowing).hasValue(1);
	}

	private long logsAsked() {
		return this.stage.cluster.kubernetes.requests.stream().filter((line) -> line.contains("/log?")).count();
	}

	@Test
	void keepOnlyWhenARunIsNotThereAnyMoreForgetsItAndGoesOnWhenItIsAgain() {
		PodLogs replica = this.stage.replica();
		Pod pod = this.stage.says(Step.CLONE, "Running").pod(Step.CLONE, 1).writes(AT, "Cloning");
		this.stage.await(Step.CLONE, "Cloning");
		pod.writes(AT, "Cloning").ends(0);
		this.stage.says(Step.CLONE, "Succeeded");
		this.stage.await(Step.CLONE, "Cloning", "Cloning");
		replica.keepOnly(List.of(BuildId.of("build-01kjmma2g0wycd31k2mhw094p6")));
		this.stage.says("Succeeded");
		this.stage.awaitComplete(this.stage.files());
		assertThat(this.stage.lines(Step.CLONE)).containsExactly("Cloning", "Cloning");
	}

	/** A store that does what it is told, and says every second time that it did not. */
	private record LosingAnswers(FollowedLogs store, AtomicInteger appends) implements FollowedLogs {

		LosingAnswers(FollowedLogs store) {
			this(store, new AtomicInteger());
		}

		@Override
		public Set<String> stored(BuildId build, Step step) {
			return this.store.stored(build, step);
		}

		@Override
		public Optional<FollowedLog> take(BuildId build, Step step) {
			return this.store.take(build, step).map((log) -> losing(log));
		}

		private FollowedLog losing(FollowedLog log) {
			return new FollowedLog() {

				@Override
				public void read(Consumer<String> lines) {
					log.read(lines);
				}

				@Override
				public long size() {
					return log.size();
				}

				@Override
				public void append(byte[] lines) {
					log.append(lines);
					if (LosingAnswers.this.appends.getAndIncrement() % 2 == 0) {
						throw new IllegalStateException("the connection broke");
					}
				}

				@Override
				public void stored(String source) {
					log.stored(source);
				}

				@Override
				public void close() {
					log.close();
				}

			};
		}

		@Override
		public boolean isComplete(BuildId build) {
			return this.store.isComplete(build);
		}

		@Override
		public void complete(BuildId build) {
			this.store.complete(build);
		}

	}

}
