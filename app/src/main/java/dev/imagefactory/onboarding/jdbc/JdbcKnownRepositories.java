package dev.imagefactory.onboarding.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Repositories that were seen, in the table {@code repository}. Two transactions may pin
 * one name to two ids at the same moment: then the older row, by time and id, is the one
 * that counts, for every process alike.
 */
class JdbcKnownRepositories implements KnownRepositories {

	private static final String SELECT = "SELECT provider, provider_id, name, default_branch, first_seen FROM repository ";

	private static final String OLDEST = " ORDER BY first_seen, provider, provider_id FETCH FIRST 1 ROW ONLY";

	private static final String INSERT = "INSERT INTO repository "
			+ "(provider, provider_id, name, name_key, default_branch, first_seen) VALUES (?, ?, ?, ?, ?, ?) "
			+ "ON CONFLICT DO NOTHING";

	private static final String UPDATE = "UPDATE repository SET name = ?, name_key = ?, default_branch = ? "
			+ "WHERE provider = ? AND provider_id = ?";

	private static final int MOST_STORED = 10_000;

	private final JdbcClient jdbc;

	/**
	 * What was read from rows: an id never loses its first name to another id, so that a
	 * delivery which fits it needs no look at the database.
	 */
	private final Map<RepositoryId, Known> stored = new ConcurrentHashMap<>();

	JdbcKnownRepositories(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public Identity identify(RepositoryId id, RepositoryName name) {
		Known stored = this.stored.get(id);
		if (stored != null && stored.name().equals(name)) {
			return new Identity.Same(stored);
		}
		Optional<Known> owner = owner(id.provider(), name);
		if (owner.isPresent() && !owner.get().id().equals(id)) {
			return new Identity.Conflict(owner.get());
		}
		return owner.or(() -> find(id)).<Identity>map(Identity.Same::new).orElseGet(Identity.Unseen::new);
	}

	@Override
	public void remember(RepositoryId id, RepositoryName name, String defaultBranch, Instant at) {
		Known stored = this.stored.get(id);
		if (stored != null && !differs(stored, name, defaultBranch)) {
			return;
		}
		Optional<Known> owner = owner(id.provider(), name);
		keep(owner, id, name, defaultBranch);
		if (owner.isEmpty()) {
			pin(id, name, defaultBranch, at);
		}
		else if (owner.get().id().equals(id) && differs(owner.get(), name, defaultBranch)) {
			update(id, name, defaultBranch);
		}
	}

	@Override
	public Optional<Known> find(RepositoryName name) {
		return this.jdbc.sql(SELECT + "WHERE name_key = ?" + OLDEST)
			.params(name.key())
			.query(JdbcKnownRepositories::read)
			.optional();
	}

	private void keep(Optional<Known> owner, RepositoryId id, RepositoryName name, String defaultBranch) {
		if (this.stored.size() >= MOST_STORED) {
			this.stored.clear();
		}
		this.stored.remove(id);
		owner.filter((known) -> known.id().equals(id) && !differs(known, name, defaultBranch))
			.ifPresent((known) -> onceCommitted(() -> this.stored.put(id, known)));
	}

	/** The row may be one that this very transaction wrote, and may yet undo. */
	private static void onceCommitted(Runnable work) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			work.run();
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				work.run();
			}

		});
	}

	private Optional<Known> find(RepositoryId id) {
		return this.jdbc.sql(SELECT + "WHERE provider = ? AND provider_id = ?")
			.params(id.provider().wireName(), id.value())
			.query(JdbcKnownRepositories::read)
			.optional();
	}

	private Optional<Known> owner(Provider provider, RepositoryName name) {
		return this.jdbc.sql(SELECT + "WHERE provider = ? AND name_key = ?" + OLDEST)
			.params(provider.wireName(), name.key())
			.query(JdbcKnownRepositories::read)
			.optional();
	}

	private void pin(RepositoryId id, RepositoryName name, String defaultBranch, Instant at) {
		int inserted = this.jdbc.sql(INSERT)
			.params(id.provider().wireName(), id.value(), name.toString(), name.key(), defaultBranch,
					at.atOffset(ZoneOffset.UTC))
			.update();
		if (inserted == 0) {
			update(id, name, defaultBranch);
		}
	}

	private void update(RepositoryId id, RepositoryName name, String defaultBranch) {
		this.jdbc.sql(UPDATE)
			.params(name.toString(), name.key(), defaultBranch, id.provider().wireName(), id.value())
			.update();
	}

	private static boolean differs(Known known, RepositoryName name, String defaultBranch) {
		return !known.name().equals(name) || !known.defaultBranch().equals(defaultBranch);
	}

	private static Known read(ResultSet row, int number) throws SQLException {
		RepositoryId id = new RepositoryId(Provider.of(row.getString(1)), row.getString(2));
		return new Known(id, RepositoryName.of(row.getString(3)), row.getString(4),
				row.getObject(5, OffsetDateTime.class).toInstant());
	}

}
