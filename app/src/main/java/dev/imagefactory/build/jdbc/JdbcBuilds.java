package dev.imagefactory.build.jdbc;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import dev.imagefactory.build.Attempted;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEnded;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.BuildQueued;
import dev.imagefactory.build.CancelWanted;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Destinations;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.OrderBusy;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Transition;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.ScannedImage;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Builds in table {@code build} and those of their parts. */
class JdbcBuilds implements Builds {

	/** What is queued was sent nowhere, and is not read. */
	static final String OPEN_PLACES = """
			SELECT id, run_place FROM build
			WHERE state IN ('SUBMITTING', 'WAITING', 'RUNNING', 'VERIFYING') AND run_place IS NOT NULL
			""";

	static final String SELECT = "SELECT " + BuildRows.COLUMNS
			+ " FROM build b JOIN build_order o ON o.id = b.order_id ";

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final BuildParts parts;

	private final Lanes lanes;

	private final QueuePlaces places;

	private final QueueNotes notes;

	private final Tags tags;

	private final QueueHints hints;

	JdbcBuilds(JdbcClient jdbc, PlatformTransactionManager transactions, Tags tags, ApplicationEventPublisher events,
			Destinations destinations) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.parts = new BuildParts(jdbc);
		this.lanes = new Lanes(jdbc);
		this.places = new QueuePlaces(jdbc, new ClosedPlaces(jdbc, destinations));
		this.notes = new QueueNotes(jdbc);
		this.tags = tags;
		this.hints = new QueueHints(events);
	}

	@Override
	public void add(Build build) {
		HistoryEntry first = HistoryEntry.queued(build);
		this.transaction.executeWithoutResult((status) -> {
			insert(build);
			this.parts.addSteps(build);
			this.parts.addHistory(build.id(), build.version(), first);
			this.lanes.open(build);
			this.hints.afterCommit(build.id(), new BuildQueued(build.id(), build.isQueuedPush()));
		});
	}

	/** A refused row must not abort the transaction, which may have more to do. */
	private void insert(Build build) {
		int inserted = this.jdbc
			.sql("""
					INSERT INTO build (id, order_id, attempt, by_push, open, state, state_detail, tags, digest, adopted, scan,
					    cancel_requested_at, cancel_requested_by, repository_key, trigger_kind, commit_sha, image,
					    engine, priority, created_at, started_at, finished_at, changed_at, version)
					VALUES (:id, :order, :attempt, :byPush, :open, :state, :detail, :tags, :digest, :adopted, :scan,
					    :cancelAt, :cancelBy, :repositoryKey, :trigger, :commit, :image,
					    :engine, :priority, :created, :started, :finished, :created, :version)
					ON CONFLICT DO NOTHING
					""")
			.params(BuildRows.writeNew(build))
			.update();
		if (inserted == 0) {
			throw new OrderBusy(build.order().id());
		}
	}

	@Override
	public void store(Transition transition) {
		this.transaction.executeWithoutResult((status) -> update(transition));
	}

	/** Both rows are locked, in the same order by everybody. */
	@Override
	public boolean storeSuperseded(Transition transition, BuildId newer) {
		return this.transaction.execute((status) -> {
			boolean queued = Stream.of(transition.build().id(), newer)
				.sorted()
				.map(this::isQueuedAndLocked)
				.reduce(true, Boolean::logicalAnd);
			if (queued) {
				update(transition);
			}
			return queued;
		});
	}

	@Override
	public boolean recall(BuildId id) {
		return this.transaction.execute((status) -> this.jdbc.sql("""
				UPDATE build SET version = version + 1, unanswered = 0, unanswered_since = NULL
				WHERE id = :id AND state = 'QUEUED'
				""").param("id", id.value()).update() == 1);
	}

	private boolean isQueuedAndLocked(BuildId id) {
		return this.jdbc.sql("SELECT state FROM build WHERE id = :id FOR UPDATE")
			.param("id", id.value())
			.query(String.class)
			.optional()
			.filter(StateName.QUEUED.name()::equals)
			.isPresent();
	}

	@Override
	public void storeClaim(Transition transition, Run run) {
		BuildId id = transition.build().id();
		this.transaction.executeWithoutResult((status) -> {
			update(transition);
			Map<String, @Nullable Object> row = new LinkedHashMap<>();
			row.put("run", StoredJson.write(run));
			row.put("place", run.place());
			row.put("id", id.value());
			int claimed = this.jdbc
				.sql("UPDATE build SET run = :run, run_place = :place WHERE id = :id AND run IS NULL")
				.params(row)
				.update();
			if (claimed == 0) {
				throw new BuildChanged(id);
			}
		});
	}

	private void update(Transition transition) {
		Build build = transition.build();
		HistoryEntry entry = transition.entry();
		if (!entry.to().isOpen()) {
			// First the tags, then the build, as a claim does: nobody waits for each
			// other.
			this.tags.giveBack(build.id());
			this.hints.afterCommit(build.id(), new BuildEnded(build.id()));
		}
		else if (build.cancel() != null) {
			this.hints.afterCommit(build.id(), new CancelWanted(build.id()));
		}
		int updated = this.jdbc.sql("""
				UPDATE build SET open = :open, state = :state, state_detail = :detail, tags = :tags, digest = :digest,
				    adopted = :adopted, scan = :scan, cancel_requested_at = :cancelAt, cancel_requested_by = :cancelBy,
				    engine = :engine, started_at = :started, finished_at = :finished, missed_at = :missed,
				    put_off_at = :putOffAt, put_off = :putOff,
				    turn_by = CASE WHEN :state = 'SUBMITTING' THEN turn_by END,
				    turn_until = CASE WHEN :state = 'SUBMITTING' THEN turn_until END,
				    changed_at = :changed, version = version + 1
				WHERE id = :id AND version = :version
				""").params(BuildRows.write(build)).param("changed", Columns.time(entry.at())).update();
		if (updated == 0) {
			throw new BuildChanged(build.id());
		}
		this.parts.storeFindings(build);
		this.parts.addHistory(build.id(), build.version() + 1, entry);
	}

	@Override
	public void storeSteps(Build build) {
		this.transaction.executeWithoutResult((status) -> this.parts.storeSteps(build));
	}

	@Override
	public void storeScanned(BuildId id, ScannedImage image, Instant at) {
		this.transaction.executeWithoutResult((status) -> this.parts.storeScanned(id, image, at));
	}

	@Override
	public List<Attempted> scanned(OrderId order) {
		return this.parts.scanned(order);
	}

	@Override
	public boolean noteReaped(BuildId id, Instant at) {
		return this.transaction
			.execute((status) -> this.jdbc.sql("UPDATE build SET reaped_at = :at WHERE id = :id AND reaped_at IS NULL")
				.param("at", Columns.time(at))
				.param("id", id.value())
				.update() == 1);
	}

	@Override
	public Optional<Build> find(BuildId id) {
		return builds("WHERE b.id = :id", Map.of("id", id.value())).stream().findFirst();
	}

	@Override
	public Optional<StateName> state(BuildId id) {
		return this.jdbc.sql("SELECT state FROM build WHERE id = :id")
			.param("id", id.value())
			.query((row, number) -> StateName.valueOf(row.getString("state")))
			.optional();
	}

	@Override
	public Optional<Run> run(BuildId id) {
		return this.jdbc.sql("SELECT run FROM build WHERE id = :id AND run IS NOT NULL")
			.param("id", id.value())
			.query(String.class)
			.optional()
			.map((json) -> StoredJson.read(json, Run.class));
	}

	@Override
	public Map<BuildId, String> places(Collection<BuildId> ids) {
		return ids.isEmpty() ? Map.of()
				: places(this.jdbc.sql("SELECT id, run_place FROM build WHERE id IN (:ids) AND run_place IS NOT NULL")
					.param("ids", ids.stream().map(BuildId::value).toList()));
	}

	@Override
	public Map<BuildId, String> openPlaces() {
		return places(this.jdbc.sql(OPEN_PLACES));
	}

	private static Map<BuildId, String> places(JdbcClient.StatementSpec select) {
		Map<BuildId, String> places = new HashMap<>();
		select.query((row) -> {
			places.put(BuildId.of(row.getString("id")), row.getString("run_place"));
		});
		return places;
	}

	@Override
	public List<Build> open(Collection<StateName> states, int limit) {
		List<String> open = states.stream().filter(StateName::isOpen).map(StateName::name).toList();
		return open.isEmpty() ? List.of() : builds("""
				WHERE b.state IN (:states) ORDER BY b.priority, b.id LIMIT :limit
				""", Map.of("states", open, "limit", limit));
	}

	@Override
	public Set<BuildId> openIds(Collection<StateName> states, int limit) {
		List<String> open = states.stream().filter(StateName::isOpen).map(StateName::name).toList();
		return open.isEmpty() ? Set.of()
				: this.jdbc.sql("SELECT id FROM build WHERE state IN (:states) ORDER BY priority, id LIMIT :limit")
					.param("states", open)
					.param("limit", limit)
					.query((row, number) -> BuildId.of(row.getString("id")))
					.set();
	}

	@Override
	public List<Build> queuedBeside(Build build, int limit) {
		OrderKey key = build.order().key();
		if (key.ref() == null) {
			return List.of();
		}
		return builds("""
				WHERE b.image = :image AND b.open = TRUE AND b.state = 'QUEUED' AND b.by_push = TRUE
				    AND b.id <> :id AND o.ref = :ref
				ORDER BY b.id DESC LIMIT :limit
				""", Map.of("image", key.image().value(), "id", build.id().value(), "ref", key.ref().value(), "limit",
				limit))
			.stream()
			.filter(Build::isQueuedPush)
			.toList();
	}

	@Override
	public List<Build> list(BuildFilter filter, @Nullable BuildId before, int limit) {
		Listing listing = new Listing(filter, before, limit);
		return builds(listing.sql(), listing.params());
	}

	@Override
	public List<Build> ofOrder(OrderId order) {
		return builds("WHERE b.order_id = :order ORDER BY b.attempt", Map.of("order", order.value()));
	}

	private List<Build> builds(String rest, Map<String, Object> params) {
		return this.parts
			.complete(this.jdbc.sql(SELECT + rest).params(params).query((row, number) -> BuildRows.read(row)).list());
	}

	@Override
	public List<HistoryEntry> history(BuildId id) {
		return this.parts.history(id);
	}

	@Override
	public void noteQueueReason(BuildId id, @Nullable String reason) {
		this.transaction.executeWithoutResult((status) -> this.notes.reason(id, reason));
	}

	@Override
	public Unanswered noteUnanswered(BuildId id, String reason, Instant at) {
		return this.transaction.execute((status) -> this.notes.unanswered(id, reason, at));
	}

	@Override
	public void noteSilence(BuildId id, String reason) {
		this.transaction.executeWithoutResult((status) -> this.notes.silence(id, reason));
	}

	@Override
	public Optional<QueuePlace> queuePlace(BuildId id) {
		return this.places.of(id);
	}

}
