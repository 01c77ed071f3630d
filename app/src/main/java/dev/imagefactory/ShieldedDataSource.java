package dev.imagefactory;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Keeps interrupts away from the moments in which H2 stores. Its asynchronous files bear
 * an interrupt, but a thread that waits for a map of the store does not
 * ({@code MVMap.tryLock} sleeps), and when that happens inside a commit H2 closes the
 * whole database. So commits, and changes that commit themselves, are done by threads
 * that nobody interrupts; the caller waits and keeps its interrupt.
 * <p>
 * And no commit counts before {@link StoredCommit} has seen that it was stored.
 */
final class ShieldedDataSource extends DelegatingDataSource implements AutoCloseable {

	private static final Set<String> ENDINGS = Set.of("commit", "rollback");

	private static final Set<String> CHANGES = Set.of("execute", "executeUpdate", "executeLargeUpdate", "executeBatch",
			"executeLargeBatch");

	private final HikariDataSource pool;

	private final ExecutorService threads = Executors
		.newCachedThreadPool(Thread.ofPlatform().daemon().name("database-", 1).factory());

	/**
	 * Shields a pool.
	 * @param pool the pool, which this closes
	 */
	ShieldedDataSource(HikariDataSource pool) {
		super(pool);
		this.pool = pool;
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = this.pool.getConnection();
		return shielded(Connection.class, connection, new Session(connection));
	}

	@Override
	public void close() {
		this.pool.close();
		this.threads.shutdown();
	}

	private <T> T shielded(Class<T> type, T target, Session session) {
		InvocationHandler handler = (proxy, method, arguments) -> call(target, session, method, arguments);
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
	}

	private @Nullable Object call(Object target, Session session, Method method, Object @Nullable [] arguments)
			throws Throwable {
		Callable<@Nullable Object> plain = () -> method.invoke(target, arguments);
		try {
			Object result = session.mayStore(target, method.getName(), arguments) ? store(plain, session.connection)
					: plain.call();
			session.done(target, method);
			return switch (result) {
				case PreparedStatement statement -> shielded(PreparedStatement.class, statement, session);
				case Statement statement when target instanceof Connection ->
					shielded(Statement.class, statement, session);
				case null -> null;
				case Object other -> other;
			};
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private @Nullable Object store(Callable<@Nullable Object> work, Connection connection) throws Exception {
		Object result = onOwnThread(work);
		StoredCommit.check(connection);
		return result;
	}

	private @Nullable Object onOwnThread(Callable<@Nullable Object> work) throws Exception {
		Future<@Nullable Object> done = this.threads.submit(work);
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return done.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				catch (ExecutionException ex) {
					throw (ex.getCause() instanceof Exception failure) ? failure : ex;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * A connection in use, and whether its transaction may hold something: going to
	 * another thread costs more than ending a transaction in which nothing happened.
	 */
	private static final class Session {

		private final Connection connection;

		private boolean touched;

		private Session(Connection connection) {
			this.connection = connection;
		}

		private boolean mayStore(Object target, String method, Object @Nullable [] arguments) throws SQLException {
			if (target instanceof Connection) {
				return this.touched && (ENDINGS.contains(method) || endsBySwitching(method, arguments)
						|| method.equals("close") && !this.connection.isClosed() && !this.connection.getAutoCommit());
			}
			this.touched |= method.startsWith("execute");
			return CHANGES.contains(method) && this.connection.getAutoCommit();
		}

		private static boolean endsBySwitching(String method, Object @Nullable [] arguments) {
			return method.equals("setAutoCommit") && arguments != null && Boolean.TRUE.equals(arguments[0]);
		}

		private void done(Object target, Method method) {
			boolean whole = target instanceof Connection && method.getParameterCount() == 0;
			this.touched &= !(whole && ENDINGS.contains(method.getName()));
		}

	}

}
