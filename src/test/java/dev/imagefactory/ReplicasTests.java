package dev.imagefactory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.imagefactory.ReplicaLease.Admission;
import dev.imagefactory.Replicas.Replica;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

class ReplicasTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final Duration SHORT = Duration.ofSeconds(2);

	private static final Admission LAYOUT = new LayoutAdmission(Duration.ofMillis(50));

	private static final Consumer<ProcessRefused> FAIL = (refused) -> fail("refused", refused);

	private static final long OURS = ProcessHandle.current().pid();

	private static Replica replica(String id, String registry) {
		return new Replica(id, "host", OURS, registry);
	}

	private static List<String> living(Replicas replicas) {
		return replicas.living().stream().map((leased) -> leased.replica().id()).toList();
	}

	@EachDatabase
	void livingWhenALeaseIsOverLeavesItsProcessOut(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		replicas.renew(replica("a", "oci"), LONG);
		replicas.renew(replica("b", "oci"), Duration.ofSeconds(-1));
		assertThat(living(replicas)).containsExactly("a");
		replicas.renew(replica("b", "oci"), LONG);
		assertThat(living(replicas)).containsExactly("a", "b");
		replicas.remove("a");
		assertThat(living(replicas)).containsExactly("b");
	}

	@EachDatabase
	void renewWhenAnotherRemovedTheProcessAddsItAgain(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		replicas.renew(replica("frozen", "oci"), LONG);
		replicas.remove("frozen");
		replicas.renew(replica("frozen", "oci"), LONG);
		assertThat(living(replicas)).containsExactly("frozen");
	}

	@EachDatabase
	void forgetDeadWhenALeaseWasOverLongAgoRemovesIt(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		replicas.renew(replica("old", "oci"), Duration.ofHours(-2));
		replicas.renew(replica("young", "oci"), Duration.ofMinutes(-2));
		replicas.forgetDead();
		assertThat(database.jdbc().sql("SELECT id FROM replica").query(String.class).list()).containsExactly("young");
	}

	@EachDatabase
	void awaitWhenALivingProcessHasALayoutIsRefused(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		ReplicaLease first = new ReplicaLease(replicas, replica("a", "layout"), LAYOUT, FAIL);
		first.start();
		try {
			ReplicaLease second = new ReplicaLease(replicas, replica("b", "oci"), LAYOUT, FAIL);
			assertThatExceptionOfType(ProcessRefused.class).isThrownBy(second::start)
				.withMessageContaining("pid " + OURS + " of this host")
				.satisfies((refused) -> assertThat(refused.action()).contains("image-factory.registry.kind"));
			assertThat(living(replicas)).containsExactly("a");
		}
		finally {
			first.stop();
		}
		assertThat(living(replicas)).isEmpty();
	}

	@EachDatabase
	void renewWhenALayoutsProcessWokeUpBesideAnotherIsRefusedAndLeavesTheOtherInPeace(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		BlockingQueue<ProcessRefused> refused = new LinkedBlockingQueue<>();
		ReplicaLease frozen = new ReplicaLease(replicas, replica("frozen", "layout"), LAYOUT, refused::add);
		frozen.start();
		try {
			replicas.renew(replica("other", "layout"), LONG);
			replicas.renew(replica("frozen", "layout"), Duration.ofSeconds(-1));
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
				replicas.renew(replica("other", "layout"), LONG);
				return !refused.isEmpty();
			});
			assertThat(refused.element()).hasMessageContaining("Another live process");
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !frozen.isRunning());
			assertThat(living(replicas)).containsExactly("other");
		}
		finally {
			frozen.stop();
		}
	}

	@EachDatabase
	void renewWhenTheLeaseWasOverSaysSoOnce(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		assertThat(replicas.renew(replica("a", "oci"), Duration.ofSeconds(-1))).isFalse();
		assertThat(replicas.renew(replica("b", "oci"), LONG)).isFalse();
		assertThat(replicas.renew(replica("a", "oci"), LONG)).isFalse();
		assertThat(replicas.renew(replica("a", "oci"), LONG)).isTrue();
		assertThat(living(replicas)).as("who was away is the youngest").containsExactly("b", "a");
	}

	@EachDatabase
	void awaitWhenTheProcessWithALayoutIsGoneWaitsForItsLeaseOnly(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		replicas.renew(new Replica("elsewhere", "another host", 1, "layout"), SHORT);
		replicas.renew(new Replica("crashed", "host", 99_999_999, "layout"), LONG);
		Replica me = replica("me", "layout");
		replicas.renew(me, LONG);
		Instant begun = Instant.now();
		LAYOUT.await(replicas, me);
		assertThat(Duration.between(begun, Instant.now())).isLessThan(ReplicaLease.LEASE);
		assertThat(living(replicas)).containsExactly("me");
	}

	@EachDatabase
	void awaitWhenAllShareARegistryLetsAnyNumberWork(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		for (String id : List.of("a", "b", "c")) {
			replicas.renew(replica(id, "oci"), LONG);
			LAYOUT.await(replicas, replica(id, "oci"));
		}
		assertThat(living(replicas)).containsExactly("a", "b", "c");
	}

	@EachDatabase
	void startWhenThisIsTheSoleProcessFreesWhatADeadOneHeld(TestDatabase database) {
		Replicas replicas = new Replicas(database.jdbc());
		replicas.renew(replica("dead", "layout"), LONG);
		database.jdbc().sql("""
				INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by,
				    last_heartbeat, version)
				VALUES ('forget', 'recurring', CURRENT_TIMESTAMP, TRUE, 'dead', CURRENT_TIMESTAMP, 3)""").update();
		ReplicaLease lease = new ReplicaLease(replicas, replica("me", "layout"), Admission.OF_SOLE_PROCESS, FAIL);
		lease.start();
		assertThat(living(replicas)).containsExactly("me");
		assertThat(database.jdbc().sql("SELECT picked FROM scheduled_tasks").query(Boolean.class).single()).isFalse();
		lease.stop();
	}

	@EachDatabase
	void scheduledWorkWhenTwoReplicasHaveItIsDoneOnce(TestDatabase database) {
		AtomicInteger done = new AtomicInteger();
		List<String> by = new CopyOnWriteArrayList<>();
		ScheduledWork one = work(database, "one", done, by);
		ScheduledWork two = work(database, "two", done, by);
		one.start();
		two.start();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> done.get() > 0);
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> database.jdbc()
				.sql("SELECT COUNT(*) FROM scheduled_tasks WHERE last_success IS NOT NULL AND picked = FALSE")
				.query(Integer.class)
				.single() == 1);
		one.stop();
		two.stop();
		assertThat(by).hasSize(1);
		ScheduledWork later = work(database, "later", done, by);
		later.start();
		later.stop();
		assertThat(by).as("a restart brings nothing forward").hasSize(1);
	}

	@EachDatabase
	void scheduledWorkWhenItsReplicaIsKilledIsTakenOver(TestDatabase database) {
		AtomicInteger done = new AtomicInteger();
		List<String> by = new CopyOnWriteArrayList<>();
		database.jdbc().sql("""
				INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by,
				    last_heartbeat, version)
				VALUES ('count', 'recurring', CURRENT_TIMESTAMP - INTERVAL '60' SECOND, TRUE, 'killed',
				    CURRENT_TIMESTAMP - INTERVAL '13' SECOND, 3)""").update();
		ScheduledWork living = work(database, "living", done, by);
		living.start();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> done.get() > 0);
		living.stop();
		assertThat(by).containsExactly("living");
	}

	private static ScheduledWork work(TestDatabase database, String process, AtomicInteger done, List<String> by) {
		RecurringTask<Void> task = Tasks.recurring("count", FixedDelay.ofHours(1)).execute((instance, context) -> {
			by.add(process);
			done.incrementAndGet();
		});
		return new ScheduledWork(database.source(), process, List.of(task));
	}

}
