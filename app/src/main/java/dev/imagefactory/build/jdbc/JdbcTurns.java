package dev.imagefactory.build.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Destinations;
import dev.imagefactory.build.Turns;
import dev.imagefactory.build.jdbc.Lanes.Lane;
import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Turns in the tables {@code build}, {@code queue_lane} and {@code queue_time}. What it
 * costs to give one does not grow with the queue or with what is stored: all it reads is
 * the builds under way, the first lanes and the first build of each. Whoever gives turns
 * holds one row; rows that others hold are passed over, so that nobody waits for anybody.
 */
class JdbcTurns implements Turns {

	private static final String NOT_SHUT = " AND NOT EXISTS (SELECT 1 FROM build_order o WHERE o.id = build.order_id AND o.team IN (:shut))";

	/** So many lanes without a free build are passed over at a time. */
	private static final int MOST_IDLE = 64;

	/** So many builds of a lane that somebody else is changing are passed over. */
	private static final int MOST_HELD = 5;

	/** Much longer than {@link StandstillLimit} lets a transaction stand still. */
	private static final Duration LONGEST_COMMIT = Turns.LENGTH.dividedBy(3);

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final TransactionTemplate forgettable;

	private final Lanes lanes;

	private final ClosedPlaces closed;

	private final ClaimedTurns claimed;

	private final Reservations reservations;

	private final Yields yields = new Yields();

	private final Builds builds;

	private final StandstillLimit standstill;

	JdbcTurns(JdbcClient jdbc, PlatformTransactionManager transactions, Builds builds, StandstillLimit standstill,
			Destinations destinations) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.forgettable = new TransactionTemplate(transactions);
		this.forgettable.setName("forgettable");
		this.lanes = new Lanes(jdbc);
		this.claimed = new ClaimedTurns(jdbc);
		this.reservations = new Reservations(jdbc);
		this.closed = new ClosedPlaces(jdbc, destinations);
		this.builds = builds;
		this.standstill = standstill;
	}

	@Override
	public List<Build> give(String process, Limits limits, int room, Instant now) {
		List<BuildId> given = (room > 0) ? this.forgettable.execute((status) -> giveNow(process, limits, room, now))
				: List.of();
		return read(given);
	}

	/** In the order in which they were given. */
	private List<Build> read(List<BuildId> ids) {
		return ids.stream().map(this.builds::find).flatMap(Optional::stream).toList();
	}

	/** A lane with nothing free has had its turn, too: others behind it go on. */
	private List<BuildId> giveNow(String process, Limits limits, int room, Instant now) {
		this.standstill.set();
		if (!holdTheQueue(limits)) {
			return List.of();
		}
		UnderWay underWay = UnderWay.read(this.jdbc, limits, now);
		int places = Math.min(underWay.free(), room);
		List<BuildId> given = underWay.closed().isEmpty() ? new ArrayList<>()
				: this.claimed.putOff(process, places, underWay, now);
		ClosedPlaces.Shut shut = this.closed.shut(underWay.closed());
		Set<String> idle = new HashSet<>(shut.lanes());
		for (int tries = 0; given.size() < places && tries < places + MOST_IDLE; tries++) {
			Optional<Lane> next = next(underWay.full(), idle);
			if (next.isEmpty()) {
				break;
			}
			Optional<BuildId> head = head(next.get(), shut.teams(), now);
			this.lanes.advance(next.get());
			if (head.isEmpty()) {
				this.lanes.closeIfEmpty(next.get());
				idle.add(next.get().key());
			}
			else {
				given.add(begun(head.get(), process, now));
				underWay.begun(next.get().repositoryKey());
			}
		}
		return given;
	}

	private BuildId begun(BuildId build, String process, Instant now) {
		this.reservations.reserve(build, process, now);
		this.yields.count();
		return build;
	}

	private Optional<Lane> next(Set<String> full, Set<String> idle) {
		return this.yields.next()
			.stream()
			.flatMap((priority) -> this.lanes.first(priority, full, idle).stream())
			.findFirst()
			.or(() -> this.lanes.first(full, idle));
	}

	/**
	 * Another process that holds it gives turns itself; the limits are written for
	 * readers.
	 */
	private boolean holdTheQueue(Limits limits) {
		Optional<Limits> held = this.jdbc
			.sql("SELECT most, most_of_repository FROM queue_time WHERE priority = 0 FOR UPDATE SKIP LOCKED")
			.query((row, number) -> new Limits(row.getInt("most"), row.getInt("most_of_repository")))
			.optional();
		if (held.isPresent() && !held.get().equals(limits)) {
			this.jdbc.sql("UPDATE queue_time SET most = :all, most_of_repository = :ofRepository WHERE priority = 0")
				.param("all", limits.all())
				.param("ofRepository", limits.ofRepository())
				.update();
		}
		return held.isPresent();
	}

	/**
	 * The first free build of a lane that nobody else holds. Looked for without locks,
	 * because H2 sorts a whole lane when it is to lock what it finds.
	 */
	private Optional<BuildId> head(Lane lane, Set<String> shut, Instant now) {
		String which = shut.isEmpty() ? "" : NOT_SHUT;
		return this.jdbc.sql("""
				SELECT id FROM build WHERE state = 'QUEUED' AND priority = :priority AND repository_key = :repository
				    AND %s%s ORDER BY state, priority, repository_key, id LIMIT :limit
				""".formatted(Reservations.FREE, which))
			.params(Reservations.times(now))
			.param("shut", shut)
			.param("priority", lane.priority())
			.param("repository", lane.repositoryKey())
			.param("limit", MOST_HELD)
			.query((row, number) -> BuildId.of(row.getString("id")))
			.list()
			.stream()
			.filter((build) -> hold(build, now))
			.findFirst();
	}

	private boolean hold(BuildId build, Instant now) {
		return this.jdbc
			.sql("SELECT id FROM build WHERE id = :id AND state = 'QUEUED' AND " + Reservations.FREE
					+ " FOR UPDATE SKIP LOCKED")
			.params(Reservations.times(now))
			.param("id", build.value())
			.query(String.class)
			.optional()
			.isPresent();
	}

	@Override
	public List<Build> unfinished(String process, int limit, Instant now) {
		return read(this.forgettable.execute((status) -> this.claimed.unfinished(process, limit, now)));
	}

	@Override
	public void renew(String process, Collection<BuildId> builds, Instant now) {
		if (builds.isEmpty()) {
			return;
		}
		this.forgettable.executeWithoutResult((status) -> lockOwn(process, builds, now)
			.forEach((build) -> this.reservations.reserve(build, process, now)));
	}

	/**
	 * Always in the order of their names, as everybody does. A turn that is over does not
	 * come back: its place may be somebody else's by now.
	 */
	private List<BuildId> lockOwn(String process, Collection<BuildId> builds, Instant now) {
		return this.jdbc
			.sql("""
					SELECT id FROM build WHERE id IN (:ids) AND turn_by = :process AND state IN ('QUEUED', 'SUBMITTING') AND %s
					ORDER BY id FOR UPDATE SKIP LOCKED
					"""
				.formatted(Reservations.LASTS))
			.params(Reservations.times(now))
			.param("ids", builds.stream().map(BuildId::value).toList())
			.param("process", process)
			.query((row, number) -> BuildId.of(row.getString("id")))
			.list();
	}

	/**
	 * {@inheritDoc} What it stores is seen by others at its commit: should the turn be
	 * over by then, its place would be somebody else's, too.
	 */
	@Override
	public boolean whileOwn(BuildId build, String process, Instant now, Runnable work) {
		return this.transaction.execute((status) -> {
			this.standstill.set();
			boolean own = this.jdbc
				.sql("SELECT id FROM build WHERE id = :id AND turn_by = :process AND " + Reservations.LASTS
						+ " FOR UPDATE")
				.params(Reservations.times(now))
				.param("now", Columns.time(now.plus(LONGEST_COMMIT)))
				.param("id", build.value())
				.param("process", process)
				.query(String.class)
				.optional()
				.isPresent();
			if (own) {
				work.run();
			}
			return own;
		});
	}

	@Override
	public void giveBack(BuildId build, String process, @Nullable Instant rest) {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		row.put("rest", Columns.time(rest));
		row.put("id", build.value());
		row.put("process", process);
		this.forgettable.executeWithoutResult((status) -> this.jdbc.sql("""
				UPDATE build SET turn_by = NULL, turn_until = :rest
				WHERE id = :id AND turn_by = :process AND state IN ('QUEUED', 'SUBMITTING')
				""").params(row).update());
	}

	@Override
	public void wake(Instant now) {
		this.forgettable.executeWithoutResult((status) -> {
			List<String> resting = this.jdbc.sql("""
					SELECT id FROM build WHERE turn_until > :now AND turn_by IS NULL AND state <> 'SUBMITTING'
					ORDER BY id FOR UPDATE SKIP LOCKED
					""").param("now", Columns.time(now)).query(String.class).list();
			resting
				.forEach((id) -> this.jdbc.sql("UPDATE build SET turn_until = NULL WHERE id = :id AND turn_by IS NULL")
					.param("id", id)
					.update());
		});
	}

}
