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
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.imagefactory.TestEmbeddedDatabase;
import org.flywaydb.core.Flyway;
import org.opentest4j.TestAbortedException;

import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.FileSystemUtils;

/** A real, fresh, migrated database of one kind; closing it removes it. */
public final class TestDatabase implements AutoCloseable {

	private static final int CONNECTIONS = 24;

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private final HikariDataSource pool;

	private final Runnable removal;

	private TestDatabase(HikariDataSource pool, Runnable removal) {
		this.pool = pool;
		this.removal = removal;
	}

	/**
	 * A file database as the service makes it.
	 * @return the database
	 */
	public static TestDatabase h2() {
		try {
			Path directory = Files.createTempDirectory("image-factory-h2-");
			Path file = TestEmbeddedDatabase.file(directory);
			Files.createDirectories(file.getParent());
			Files.write(file, Embedded.MIGRATED);
			HikariConfig config = pool(TestEmbeddedDatabase.url(directory));
			return new TestDatabase(new HikariDataSource(config), () -> remove(directory));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A database of this process's PostgreSQL.
	 * @return the database
	 * @throws TestAbortedException when this machine cannot run one
	 */
	public static TestDatabase postgres() {
		String name = "test_" + NUMBERS.incrementAndGet();
		HikariConfig config = pool(Postgres.SERVER.create(name, Postgres.MIGRATED));
		config.setUsername(Postgres.SERVER.user());
		config.setPassword(Postgres.SERVER.password());
		return new TestDatabase(new HikariDataSource(config), () -> Postgres.SERVER.drop(name));
	}

	/**
	 * The only database of a PostgreSQL on the disk, which waits for it at each commit.
	 * @return the database
	 * @throws TestAbortedException when this machine cannot run one
	 */
	public static TestDatabase durablePostgres() {
		PostgresServer server = PostgresServer.startDurable();
		String url = server.create("durable", "template0");
		Flyway.configure().dataSource(url, server.user(), server.password()).load().migrate();
		HikariConfig config = pool(url);
		config.setUsername(server.user());
		config.setPassword(server.password());
		return new TestDatabase(new HikariDataSource(config), server::close);
	}

	private static HikariConfig pool(String url) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url);
		config.setMaximumPoolSize(CONNECTIONS);
		config.setMinimumIdle(1);
		return config;
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
	 * For code that opens connections itself.
	 * @return the pool
	 */
	public DataSource source() {
		return this.pool;
	}

	/**
	 * How many rows a table has.
	 * @param table its name
	 * @return the number
	 */
	public int count(String table) {
		return jdbc().sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

	/**
	 * For statements.
	 * @return a client of this database
	 */
	public JdbcClient jdbc() {
		return JdbcClient.create(this.pool);
	}

	/**
	 * For statements that are sent once for many rows.
	 * @return operations on this database
	 */
	public NamedParameterJdbcOperations batches() {
		return new NamedParameterJdbcTemplate(this.pool);
	}

	/**
	 * For the subjects of tests.
	 * @return the manager of this database's transactions
	 */
	public PlatformTransactionManager transactions() {
		return new JdbcTransactionManager(this.pool);
	}

	/**
	 * The same.
	 * @param names takes the names of transactions that begin
	 * @return a manager
	 */
	public PlatformTransactionManager transactions(Collection<String> names) {
		JdbcTransactionManager manager = new JdbcTransactionManager(this.pool);
		manager.addListener(new TransactionExecutionListener() {

			@Override
			public void beforeBegin(TransactionExecution transaction) {
				names.add(transaction.getTransactionName());
			}

		});
		return manager;
	}

	/**
	 * For callers that bring a transaction along.
	 * @return a template over {@link #transactions()}
	 */
	public TransactionTemplate inTransaction() {
		return new TransactionTemplate(transactions());
	}

	/**
	 * Does at once what PostgreSQL does by and by after many rows have changed, so that
	 * it is not at it while something is measured. H2 does nothing of the kind.
	 */
	public void cleanUp() {
		if (this.pool.getJdbcUrl().startsWith("jdbc:postgresql:")) {
			jdbc().sql("VACUUM (ANALYZE)").update();
		}
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

	/** The file of an embedded database that was migrated and closed. */
	private static final class Embedded {

		static final byte[] MIGRATED = migrated();

		private static byte[] migrated() {
			try {
				Path directory = Files.createTempDirectory("image-factory-h2-");
				Flyway.configure().dataSource(TestEmbeddedDatabase.url(directory), "", "").load().migrate();
				byte[] content = Files.readAllBytes(TestEmbeddedDatabase.file(directory));
				remove(directory);
				return content;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** One server per process, and one database that the others are copies of. */
	private static final class Postgres {

		static final PostgresServer SERVER = PostgresServer.start();

		static final String MIGRATED = migrated();

		private static String migrated() {
			String url = SERVER.create("migrated", "template0");
			Flyway.configure().dataSource(url, SERVER.user(), SERVER.password()).load().migrate();
			return "migrated";
		}

	}

}
