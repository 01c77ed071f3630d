package dev.imagefactory;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import dev.imagefactory.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ForgettableCommitsTests {

	private TestDatabase database;

	private TransactionTemplate plain;

	private TransactionTemplate forgettable;

	@BeforeEach
	void open() {
		this.database = TestDatabase.postgres();
		JdbcTransactionManager manager = new JdbcTransactionManager(this.database.source());
		manager.addListener(new ForgettableCommits(this.database.source()));
		this.plain = new TransactionTemplate(manager);
		this.forgettable = new TransactionTemplate(manager);
		this.forgettable.setName(ForgettableCommits.NAME);
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	private String waits() {
		return this.database.jdbc().sql("SHOW synchronous_commit").query(String.class).single();
	}

	private String waitsIn(TransactionTemplate transaction) {
		return transaction.execute((status) -> waits());
	}

	@Test
	void commitWhenItMayBeForgottenDoesNotWaitForTheDisk() {
		assertThat(waitsIn(this.forgettable)).isEqualTo("off");
	}

	@Test
	void commitWhenAnotherWasForgettableWaits() {
		waitsIn(this.forgettable);
		assertThat(waitsIn(this.plain)).isEqualTo("on");
		assertThat(waits()).isEqualTo("on");
	}

	@Test
	void commitWhenOnlyAPartOfItMayBeForgottenWaits() {
		String part = this.plain.execute((status) -> waitsIn(this.forgettable));
		assertThat(part).isEqualTo("on");
	}

	@Test
	void commitWhenTheServerIsGoneLeavesNothingBehindOnTheThread() {
		DataSource silent = new DelegatingDataSource(this.database.source()) {

			@Override
			public Connection getConnection() throws SQLException {
				return withoutStatements(super.getConnection());
			}

		};
		JdbcTransactionManager manager = new JdbcTransactionManager(silent);
		manager.addListener(new ForgettableCommits(silent));
		TransactionTemplate transaction = new TransactionTemplate(manager);
		transaction.setName(ForgettableCommits.NAME);
		assertThatIllegalStateException().isThrownBy(() -> transaction.executeWithoutResult((status) -> {
			throw new IllegalStateException("The work's own failure");
		}));
		assertThat(TransactionSynchronizationManager.hasResource(silent)).isFalse();
	}

	private static Connection withoutStatements(Connection connection) {
		return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("createStatement")) {
						throw new SQLException("This connection has been closed.");
					}
					return method.invoke(connection, arguments);
				});
	}

}
