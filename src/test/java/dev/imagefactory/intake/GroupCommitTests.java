package dev.imagefactory.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GroupCommitTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final Transactions transactions = new Transactions();

	private final GroupCommit<Supplier<Integer>, Integer> group = group(this.transactions,
			new GroupCommit.Limits(10, 1, LONG, LONG));

	@Test
	void executeWhenAloneCommitsAtOnceAndReturnsTheValue() {
		assertThat(caller(() -> 17).join()).isEqualTo(17);
		assertThat(this.transactions.sizes).containsExactly(1);
	}

	@Test
	void executeWhenOthersCommitGoesTogetherWithThoseWhoWaitToo() {
		List<CompletableFuture<Integer>> callers = whileTheFirstCommits(
				() -> IntStream.range(0, 7).mapToObj((number) -> caller(() -> number)).toList());
		assertThat(callers.stream().map(CompletableFuture::join)).containsExactly(0, 1, 2, 3, 4, 5, 6);
		assertThat(this.transactions.sizes).containsExactly(1, 7);
	}

	@Test
	void executeWhenMoreWaitThanAGroupHoldsMakesAnotherGroup() {
		List<CompletableFuture<Integer>> callers = whileTheFirstCommits(
				() -> IntStream.range(0, 13).mapToObj((number) -> caller(() -> number)).toList());
		callers.forEach(CompletableFuture::join);
		assertThat(this.transactions.sizes).containsExactly(1, 10, 3);
	}

	@Test
	void executeWhenOneOfAGroupFailsFailsAloneAndTheOthersAreStored() {
		List<CompletableFuture<Integer>> callers = whileTheFirstCommits(() -> List.of(caller(() -> 1), caller(() -> {
			throw new DuplicateKeyException("twice");
		}), caller(() -> 3)));
		assertThat(callers.get(0).join()).isEqualTo(1);
		assertThat(callers.get(2).join()).isEqualTo(3);
		assertThat(callers.get(1)).failsWithin(LONG)
			.withThrowableThat()
			.withCauseInstanceOf(DuplicateKeyException.class);
	}

	/** Two did their work, which was undone with the group and never done again. */
	@Test
	void executeWhenTakingAGroupApartBreaksTellsNobodyThatHisWorkIsStored() {
		AtomicInteger attempts = new AtomicInteger();
		List<CompletableFuture<Integer>> callers = whileTheFirstCommits(() -> List.of(caller(() -> {
			if (attempts.incrementAndGet() > 1) {
				throw new AssertionError("broken");
			}
			return 1;
		}), caller(() -> 2), caller(() -> {
			throw new DuplicateKeyException("twice");
		})));
		assertThat(callers.get(1)).failsWithin(LONG)
			.withThrowableThat()
			.withCauseInstanceOf(UnexpectedRollbackException.class);
		assertThat(callers).allSatisfy((caller) -> assertThat(caller).failsWithin(LONG));
	}

	@Test
	void executeWhenTheDatabaseDoesNotAnswerFailsAllWithoutAskingForEach() {
		failsAllAtOnce(new CannotCreateTransactionException("gone"));
	}

	@Test
	void executeWhenTheDatabaseTakesTooLongFailsAllWithoutAskingForEach() {
		failsAllAtOnce(new QueryTimeoutException("canceling statement due to statement timeout"));
	}

	private void failsAllAtOnce(RuntimeException refusal) {
		List<CompletableFuture<Integer>> callers = whileTheFirstCommits(() -> {
			this.transactions.refusal = refusal;
			return IntStream.range(0, 5).mapToObj((number) -> caller(() -> number)).toList();
		});
		assertThat(callers).allSatisfy((caller) -> assertThat(caller).failsWithin(LONG)
			.withThrowableThat()
			.withCauseInstanceOf(refusal.getClass()));
		assertThat(this.transactions.begun).isEqualTo(2);
	}

	/** The row of one is held: with 300 ms for each of 32, the last would wait 10 s. */
	@EachDatabase
	void executeWhenSomebodyHoldsARowTellsEveryoneWithinTwoSeconds(TestDatabase database) {
		database.jdbc().sql("CREATE TABLE told (number INTEGER NOT NULL PRIMARY KEY)").update();
		insert(database, 1);
		TransactionTemplate holder = database.inTransaction();
		GroupCommit<Supplier<Integer>, Integer> real = group(database.inTransaction(), Inbox.Store.TOGETHER);
		List<Duration> waited = holder.execute((status) -> {
			lock(database);
			return TestDatabase.together(20, (thread) -> {
				long began = System.nanoTime();
				assertThatThrownBy(() -> real.execute(() -> {
					database.jdbc().sql("SET lock_timeout = 300").update();
					return lock(database);
				})).isInstanceOf(DataAccessException.class);
				return Duration.ofNanos(System.nanoTime() - began);
			});
		});
		assertThat(waited).allSatisfy((one) -> assertThat(one).isLessThan(Duration.ofMillis(1900)));
	}

	private static int lock(TestDatabase database) {
		return database.jdbc().sql("SELECT number FROM told WHERE number = 1 FOR UPDATE").query(Integer.class).single();
	}

	@Test
	void executeWhenItsTurnDoesNotComeGivesUpWithNothingDone() {
		GroupCommit<Supplier<Integer>, Integer> hasty = group(this.transactions,
				new GroupCommit.Limits(10, 1, Duration.ofMillis(20), LONG));
		CountDownLatch commit = new CountDownLatch(1);
		CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> hasty.execute(() -> {
			await(commit);
			return 1;
		}));
		Awaitility.await().until(() -> this.transactions.begun == 1);
		List<String> done = new ArrayList<>();
		assertThatExceptionOfType(TransactionTimedOutException.class).isThrownBy(() -> hasty.execute(() -> late(done)))
			.withMessageContaining("nothing was stored");
		commit.countDown();
		assertThat(first.join()).isEqualTo(1);
		assertThat(hasty.execute(() -> 2)).isEqualTo(2);
		assertThat(done).isEmpty();
	}

	private static int late(List<String> done) {
		done.add("late");
		return 1;
	}

	@Test
	void executeWhenWorkThrowsAnErrorLeavesNobodyWaiting() {
		List<CompletableFuture<Integer>> callers = whileTheFirstCommits(() -> List.of(caller(() -> {
			throw new AssertionError("broken");
		}), caller(() -> 2)));
		assertThat(callers)
			.allSatisfy((caller) -> assertThat(caller).failsWithin(LONG).withThrowableThat().isNotNull());
		assertThat(this.group.execute(() -> 3)).isEqualTo(3);
	}

	@EachDatabase
	void executeWhenManyCallersWriteStoresEveryRowBeforeItReturns(TestDatabase database) {
		database.jdbc().sql("CREATE TABLE told (number INTEGER NOT NULL PRIMARY KEY)").update();
		GroupCommit<Supplier<Integer>, Integer> real = group(database.inTransaction(),
				new GroupCommit.Limits(8, 2, LONG, LONG));
		List<Integer> missing = Collections.synchronizedList(new ArrayList<>());
		TestDatabase.together(12, (thread) -> {
			for (int number = thread * 100; number < thread * 100 + 100; number++) {
				int row = number;
				real.execute(() -> insert(database, row));
				if (count(database, row) != 1) {
					missing.add(row);
				}
			}
			return thread;
		});
		assertThat(missing).as("rows that were not stored when the call returned").isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> real.execute(() -> {
			insert(database, 5000);
			throw new IllegalArgumentException("no");
		}));
		assertThat(count(database, 5000)).isZero();
	}

	private static int insert(TestDatabase database, int number) {
		return database.jdbc().sql("INSERT INTO told (number) VALUES (:number)").param("number", number).update();
	}

	private static int count(TestDatabase database, int number) {
		return database.jdbc()
			.sql("SELECT COUNT(*) FROM told WHERE number = :number")
			.param("number", number)
			.query(Integer.class)
			.single();
	}

	private static GroupCommit<Supplier<Integer>, Integer> group(TransactionOperations transactions,
			GroupCommit.Limits limits) {
		return new GroupCommit<>(transactions, (works) -> works.stream().map(Supplier::get).toList(), limits);
	}

	/** Lets callers come while a first one holds the only group. */
	private List<CompletableFuture<Integer>> whileTheFirstCommits(Supplier<List<CompletableFuture<Integer>>> others) {
		CountDownLatch commit = new CountDownLatch(1);
		CompletableFuture<Integer> first = caller(() -> {
			await(commit);
			return 0;
		});
		Awaitility.await().until(() -> this.transactions.begun == 1);
		List<CompletableFuture<Integer>> callers = others.get();
		Awaitility.await().until(() -> this.group.waiting() == callers.size());
		commit.countDown();
		first.join();
		return callers;
	}

	private CompletableFuture<Integer> caller(Supplier<Integer> work) {
		CompletableFuture<Integer> result = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				result.complete(this.group.execute(() -> {
					this.transactions.members++;
					return work.get();
				}));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		return result;
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Notes how many pieces of work each transaction held that committed. */
	private static final class Transactions implements TransactionOperations {

		private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

		private volatile int begun;

		private volatile int members;

		private volatile RuntimeException refusal;

		@Override
		public <T> T execute(TransactionCallback<T> work) {
			this.begun++;
			if (this.refusal != null) {
				throw this.refusal;
			}
			this.members = 0;
			T result = work.doInTransaction(new SimpleTransactionStatus());
			this.sizes.add(this.members);
			return result;
		}

	}

}
