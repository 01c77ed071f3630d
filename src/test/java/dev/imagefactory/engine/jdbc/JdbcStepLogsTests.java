package dev.imagefactory.engine.jdbc;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.StepLogs.Part;
import dev.imagefactory.engine.StepLogs.StepLog;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for step logs in the database only: replicas, outages, rows. */
class JdbcStepLogsTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

	private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

	private final BuildId build = BuildId.next(Instant.now());

	private static int count(TestDatabase database, String from) {
		return database.jdbc().sql("SELECT COUNT(*) FROM " + from).query(Integer.class).single();
	}

	@EachDatabase
	void lineWhenAnotherProcessOpenedTheLogSinceIsLeftOut(TestDatabase database) {
		StepLogs frozen = TestStepLogs.in(database, CLOCK);
		StepLog old = frozen.open(this.build, Step.BUILD);
		old.line("before");
		frozen.read(this.build, Step.BUILD, 0);
		StepLogs taker = TestStepLogs.in(database, CLOCK);
		StepLog next = taker.open(this.build, Step.BUILD);
		next.line("taken over");
		old.line("resumed");
		old.close();
		assertThat(taker.read(this.build, Step.BUILD, 0).text()).contains("before", "taken over")
			.doesNotContain("resumed");
		assertThat(taker.read(this.build, Step.BUILD, 0).complete()).as("ended by the one that lost it").isFalse();
		next.close();
		assertThat(taker.read(this.build, Step.BUILD, 0).complete()).isTrue();
	}

	@EachDatabase
	void lineWhenTheDatabaseIsAwayIsStoredLater(TestDatabase database) {
		StepLogs logs = TestStepLogs.in(database, CLOCK);
		database.jdbc().sql("ALTER TABLE step_log RENAME TO step_log_away").update();
		StepLog log = logs.open(this.build, Step.CLONE);
		log.line("one");
		log.line("two");
		log.close();
		logs.complete(this.build);
		database.jdbc().sql("ALTER TABLE step_log_away RENAME TO step_log").update();
		StepLogs reader = TestStepLogs.in(database, CLOCK);
		Part part = Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> reader.read(this.build, Step.CLONE, 0), Part::complete);
		assertThat(part.text()).hasLineCount(2).contains("one", "two");
	}

	@EachDatabase
	void closeWhenALogCameInManyPartsLeavesFewSmallRows(TestDatabase database) {
		StepLogs logs = TestStepLogs.in(database, CLOCK);
		try (StepLog log = logs.open(this.build, Step.BUILD)) {
			for (int i = 0; i < 100; i++) {
				log.line("Step " + i + " " + "x".repeat(12_000));
				logs.read(this.build, Step.BUILD, 0);
			}
			assertThat(count(database, "step_log_part")).isEqualTo(100);
		}
		assertThat(count(database, "step_log_part")).isEqualTo(3);
		assertThat(count(database, "step_log_part WHERE OCTET_LENGTH(bytes) > 1000000")).isZero();
		assertThat(logs.read(this.build, Step.BUILD, 0).text()).startsWith("2026-01-02T03:04:05.678Z Step 0 ");
	}

	@EachDatabase
	void forgetWhenARunEndedLongAgoDeletesItsLogsOnly(TestDatabase database) {
		StepLogs logs = TestStepLogs.in(database, CLOCK);
		BuildId running = BuildId.next(Instant.now());
		logs.open(this.build, Step.BUILD).close();
		logs.complete(this.build);
		logs.open(running, Step.BUILD).line("still at it");
		LogTable table = new LogTable(database.jdbc(), database.transactions());
		assertThat(retention(database, table, NOW.plus(Duration.ofDays(89))).forget()).isZero();
		assertThat(retention(database, table, NOW.plus(Duration.ofDays(91))).forget()).isOne();
		assertThat(logs.steps(this.build)).isEmpty();
		assertThat(logs.read(this.build, Step.BUILD, 0)).isEqualTo(new Part("", 0, false));
		assertThat(logs.read(running, Step.BUILD, 0).text()).contains("still at it");
	}

	@EachDatabase
	void forgetWhenNobodyNotedTheEndOfARunDeletesItsLogsMuchLater(TestDatabase database) {
		StepLogs logs = TestStepLogs.in(database, CLOCK);
		BuildId lost = BuildId.next(NOW);
		TestStepLogs.followed(database, "one").take(lost, Step.BUILD).orElseThrow().stored("node");
		LogTable table = new LogTable(database.jdbc(), database.transactions());
		retention(database, table, NOW.plus(Duration.ofDays(119))).forget();
		assertThat(logs.steps(lost)).containsExactly(Step.BUILD);
		retention(database, table, NOW.plus(Duration.ofDays(121))).forget();
		assertThat(logs.steps(lost)).isEmpty();
		assertThat(count(database, "step_source") + count(database, "step_follow")).isZero();
	}

	private static JdbcLogRetention retention(TestDatabase database, LogTable table, Instant now) {
		return new JdbcLogRetention(table, new FollowTable(database.jdbc()), Duration.ofDays(90),
				Clock.fixed(now, ZoneOffset.UTC));
	}

}
