package dev.imagefactory.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.FileSystemUtils;

/** A real, fresh, migrated database of one kind; closing it removes it. */
public final class TestDatabase implements AutoCloseable {

	private static final int CONNECTIONS = 20;

	/** As the service has it; only the patience with locks is that of a busy machine. */
	private static final String H2 = "jdbc:h2:async:%s/db;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;"
			+ "DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0;LOCK_TIMEOUT=30000";

	private final String kind;

	private final HikariDataSource pool;

	private final Runnable removal;

	private TestDatabase(String kind, HikariDataSource pool, Runnable removal) {
		this.kind = kind;
		this.pool = pool;
		this.removal = removal;
	}

	/**
	 * The databases that this machine can run: a second kind is a second line here.
	 * @return fresh ones, made one by one
	 */
	public static Stream<TestDatabase> available() {
		return Stream.<Supplier<TestDatabase>>of(TestDatabase::h2).map(Supplier::get);
	}

	/**
	 * A file database as the service makes it.
	 * @return the database
	 */
	public static TestDatabase h2() {
		try {
			Path directory = Files.createTempDirectory("image-factory-h2-");
			HikariDataSource pool = pool(H2.formatted(directory));
			return new TestDatabase("H2", pool, () -> remove(directory));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static HikariDataSource pool(String url) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		pool.setMaximumPoolSize(CONNECTIONS);
		pool.setMinimumIdle(1);
		Flyway.configure().dataSource(pool).load().migrate();
		return pool;
	}

	private static void remove(Path directory) {
		try {
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * For statements.
	 * @return a client of this database
	 */
	public JdbcClient jdbc() {
		return JdbcClient.create(this.pool);
	}

	/**
	 * For the subjects of tests.
	 * @return the manager of this database's transactions
	 */
	public PlatformTransactionManager transactions() {
		return new JdbcTransactionManager(this.pool);
	}

	/**
	 * For callers that bring a transaction along.
	 * @return a template over {@link #transactions()}
	 */
	public TransactionTemplate inTransaction() {
		return new TransactionTemplate(transactions());
	}

	/**
	 * Runs a task on many threads that begin together.
	 * @param threads how many, fewer than there are connections
	 * @param task gets the thread's number, from 0
	 * @return what the tasks returned, by number
	 */
	public static <T> List<T> together(int threads, IntFunction<T> task) {
		CyclicBarrier start = new CyclicBarrier(threads);
		try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
			List<Callable<T>> calls = IntStream.range(0, threads).<Callable<T>>mapToObj((number) -> () -> {
				start.await(60, TimeUnit.SECONDS);
				return task.apply(number);
			}).toList();
			return executor.invokeAll(calls).stream().map(TestDatabase::result).toList();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static <T> T result(Future<T> future) {
		try {
			return future.get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException("A thread failed", ex);
		}
	}

	@Override
	public void close() {
		this.pool.close();
		this.removal.run();
	}

	@Override
	public String toString() {
		return this.kind;
	}

}
