package dev.imagefactory.engine.argo;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.FollowedLogs.FollowedLog;
import dev.imagefactory.engine.FollowedLogs.LogTaken;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.argo.PodStore.Pod;
import dev.imagefactory.engine.jdbc.TestStepLogs;
import dev.imagefactory.pipeline.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** One log, several equal replicas, and the database that they share. */
class PodLogsReplicasTests {

	private static final Instant AT = LogStage.START.plusSeconds(10);

	private final LogStage stage = new LogStage();

	@AfterEach
	void close() {
		this.stage.close();
	}

	private static FollowedLogs store(TestDatabase database, String process) {
		return TestStepLogs.followed(database, process);
	}

	@EachDatabase
	void followWhenTwoReplicasSeeTheStepStoresEachLineOnceAndBothLearnOfItsEnd(TestDatabase database) {
		StepLogs logs = TestStepLogs.in(database, Clock.systemUTC());
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "Compiling");
		PodLogs one = this.stage.replica(store(database, "one"));
		PodLogs two = this.stage.replica(store(database, "two"));
		LogStage.await(logs, Step.BUILD, "Compiling");
		pod.writes(AT.plusSeconds(1), "Linking").ends(0);
		this.stage.says(Step.BUILD, "Succeeded").says("Succeeded");
		Awaitility.await().until(() -> one.mayGo(this.stage.workflow()) && two.mayGo(this.stage.workflow()));
		this.stage.awaitComplete(logs);
		assertThat(LogStage.lines(logs, Step.BUILD)).containsExactly("Compiling", "Linking");
		assertThat(this.stage.pods.mostFollowing).hasValue(1);
		assertThat(count(database, "step_follow") + count(database, "step_source")).isZero();
	}

	@EachDatabase
	void followWhenTheFollowerDiesIsTakenOverWhereTheStoreEnds(TestDatabase database) {
		StepLogs logs = TestStepLogs.in(database, Clock.systemUTC());
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1);
		pod.writes(AT, "Compiling").writes(AT, "Compiling");
		PodLogs first = this.stage.replica(store(database, "first"));
		LogStage.await(logs, Step.BUILD, "Compiling", "Compiling");
		this.stage.replica(store(database, "next"));
		this.stage.kill(first);
		pod.writes(AT, "Compiling").writes(AT.plusSeconds(9), "Linking");
		Awaitility.await()
			.during(Duration.ofMillis(500))
			.until(() -> LogStage.lines(logs, Step.BUILD).equals(List.of("Compiling", "Compiling")));
		TestStepLogs.lapse(database, "first");
		LogStage.await(logs, Step.BUILD, "Compiling", "Compiling", "Compiling", "Linking");
		assertThat(this.stage.cluster.kubernetes.requests).filteredOn((line) -> line.contains("/log?"))
			.last()
			.asString()
			.contains("sinceTime=2026-03-01T12%3A00%3A08Z");
	}

	@EachDatabase
	void appendWhenTheFollowerWasFrozenPastItsLeaseIsRefused(TestDatabase database) {
		FollowedLogs frozen = store(database, "frozen");
		FollowedLog old = frozen.take(LogStage.BUILD, Step.BUILD).orElseThrow();
		old.append("2026-03-01T12:00:00Z before\n".getBytes());
		FollowedLogs next = store(database, "next");
		assertThat(next.take(LogStage.BUILD, Step.BUILD)).isEmpty();
		TestStepLogs.lapse(database, "frozen");
		FollowedLog log = next.take(LogStage.BUILD, Step.BUILD).orElseThrow();
		log.append("2026-03-01T12:00:01Z taken over\n".getBytes());
		assertThatExceptionOfType(LogTaken.class)
			.isThrownBy(() -> old.append("2026-03-01T12:00:01Z thawed\n".getBytes()));
		assertThatExceptionOfType(LogTaken.class).isThrownBy(() -> old.stored("node"));
		old.close();
		StepLogs logs = TestStepLogs.in(database, Clock.systemUTC());
		assertThat(LogStage.lines(logs, Step.BUILD)).containsExactly("before", "taken over");
		assertThat(logs.read(LogStage.BUILD, Step.BUILD, 0).complete()).isFalse();
		assertThat(next.stored(LogStage.BUILD, Step.BUILD)).isEmpty();
		assertThat(frozen.take(LogStage.BUILD, Step.BUILD)).as("it is the other's").isEmpty();
	}

	@EachDatabase
	@ExtendWith(OutputCaptureExtension.class)
	@ResourceLock(Resources.SYSTEM_OUT)
	void followWhenTheDatabaseIsAwayStoresAllWhenItIsBack(TestDatabase database, CapturedOutput output) {
		StepLogs logs = TestStepLogs.in(database, Clock.systemUTC());
		Pod pod = this.stage.says(Step.BUILD, "Running").pod(Step.BUILD, 1).writes(AT, "one");
		this.stage.replica(store(database, "one"));
		LogStage.await(logs, Step.BUILD, "one");
		database.jdbc().sql("ALTER TABLE step_log RENAME TO step_log_away").update();
		pod.writes(AT.plusSeconds(1), "two").writes(AT.plusSeconds(2), "three");
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> output.toString().contains("cannot be carried over just now"));
		pod.writes(AT.plusSeconds(3), "four").ends(0);
		this.stage.says(Step.BUILD, "Succeeded").says("Succeeded");
		database.jdbc().sql("ALTER TABLE step_log_away RENAME TO step_log").update();
		this.stage.awaitComplete(logs);
		assertThat(LogStage.lines(logs, Step.BUILD)).containsExactly("one", "two", "three", "four");
	}

	@EachDatabase
	void takeWhenTheRunIsCompleteIsRefused(TestDatabase database) {
		FollowedLogs store = store(database, "one");
		FollowedLog log = store.take(LogStage.BUILD, Step.CLONE).orElseThrow();
		log.append("2026-03-01T12:00:00Z a\u0000b\n".getBytes());
		log.stored("node-1");
		log.stored("node-1");
		assertThat(store.stored(LogStage.BUILD, Step.CLONE)).containsExactly("node-1");
		assertThat(store.isComplete(LogStage.BUILD)).isFalse();
		log.close();
		store.complete(LogStage.BUILD);
		store.complete(LogStage.BUILD);
		assertThat(store.isComplete(LogStage.BUILD)).isTrue();
		assertThat(store.take(LogStage.BUILD, Step.CLONE)).isEqualTo(Optional.empty());
		assertThat(LogStage.lines(TestStepLogs.in(database, Clock.systemUTC()), Step.CLONE))
			.containsExactly("a\u0000b");
	}

	private static int count(TestDatabase database, String table) {
		return database.jdbc().sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

}
