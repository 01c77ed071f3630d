package dev.imagefactory.engine.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.local.ChildProcess;
import dev.imagefactory.engine.local.LocalRun;
import dev.imagefactory.engine.local.LocalRuns;
import dev.imagefactory.engine.local.RunProgress;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code local_run}. What only people and this process read stands in JSON. */
class JdbcLocalRuns implements LocalRuns {

	private static final TypeReference<List<StepStatus>> STEPS = new TypeReference<>() {
	};

	private static final TypeReference<List<ChildProcess>> CHILDREN = new TypeReference<>() {
	};

	private static final String COLUMNS = "run, owner, lease_until, attempt, phase, steps, stop_asked, pushing, scan, "
			+ "children, version";

	private final JdbcClient jdbc;

	/**
	 * Creates the table's reader and writer.
	 * @param jdbc the database
	 */
	JdbcLocalRuns(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public boolean insert(LocalRun run) {
		return bound(this.jdbc.sql("""
				INSERT INTO local_run (build_id, run, owner, lease_until, attempt, phase, steps, ended, stop_asked,
				    pushing, scan, children, version)
				VALUES (:build, :run, :owner, :lease, :attempt, :phase, :steps, :ended, :stop,
				    :pushing, :scan, :children, :version)
				ON CONFLICT DO NOTHING""").param("build", run.build().value()), run.progress())
			.param("run", RunJson.text(run.run()))
			.param("owner", run.owner())
			.param("lease", utc(run.leaseUntil()))
			.param("stop", run.stopAsked())
			.param("version", run.version())
			.update() == 1;
	}

	@Override
	public Optional<LocalRun> find(BuildId build) {
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM local_run WHERE build_id = :build")
			.param("build", build.value())
			.query((row, number) -> run(row))
			.optional();
	}

	@Override
	public List<LocalRun> unended() {
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM local_run WHERE ended = FALSE ORDER BY build_id")
			.query((row, number) -> run(row))
			.list();
	}

	@Override
	public List<RunStatus> statuses() {
		return this.jdbc.sql("SELECT build_id, phase, steps, pushing, scan FROM local_run ORDER BY build_id")
			.query((row, number) -> new RunStatus(BuildId.of(row.getString("build_id")),
					RunJson.value(row.getString("phase"), RunPhase.class), steps(row), scanned(row)))
			.list();
	}

	private @Nullable ScannedImage scanned(ResultSet row) throws SQLException {
		String pushing = row.getString("pushing");
		String scan = row.getString("scan");
		return (pushing != null && scan != null)
				? new ScannedImage(Digest.of(pushing), RunJson.value(scan, ScanSummary.class)) : null;
	}

	@Override
	public boolean save(BuildId build, String owner, RunProgress progress, Instant now) {
		return bound(this.jdbc.sql("""
				UPDATE local_run SET attempt = :attempt, phase = :phase, steps = :steps, ended = :ended,
				    pushing = :pushing, scan = :scan, children = :children, version = version + 1
				WHERE build_id = :build AND owner = :owner AND ended = FALSE AND lease_until > :now""")
			.param("build", build.value()), progress).param("owner", owner).param("now", utc(now)).update() == 1;
	}

	@Override
	public boolean take(LocalRun seen, String owner, Instant leaseUntil) {
		return this.jdbc.sql("""
				UPDATE local_run SET owner = :owner, lease_until = :lease, version = version + 1
				WHERE build_id = :build AND version = :version AND ended = FALSE""")
			.param("owner", owner)
			.param("lease", utc(leaseUntil))
			.param("build", seen.build().value())
			.param("version", seen.version())
			.update() == 1;
	}

	@Override
	public void renew(String owner, Set<BuildId> builds, Instant now, Instant leaseUntil) {
		if (builds.isEmpty()) {
			return;
		}
		this.jdbc.sql("""
				UPDATE local_run SET lease_until = :lease, version = version + 1
				WHERE owner = :owner AND ended = FALSE AND lease_until > :now AND build_id IN (:builds)""")
			.param("lease", utc(leaseUntil))
			.param("builds", builds.stream().map(BuildId::value).toList())
			.param("owner", owner)
			.param("now", utc(now))
			.update();
	}

	@Override
	public Map<BuildId, Boolean> owned(String owner, Instant now) {
		Map<BuildId, Boolean> owned = new HashMap<>();
		this.jdbc.sql("""
				SELECT build_id, stop_asked FROM local_run
				WHERE owner = :owner AND ended = FALSE AND lease_until > :now""")
			.param("owner", owner)
			.param("now", utc(now))
			.query((row) -> {
				owned.put(BuildId.of(row.getString("build_id")), row.getBoolean("stop_asked"));
			});
		return owned;
	}

	@Override
	public void giveUp(String owner, Instant now) {
		this.jdbc.sql("""
				UPDATE local_run SET lease_until = :now, version = version + 1
				WHERE owner = :owner AND ended = FALSE AND lease_until > :now""")
			.param("now", utc(now))
			.param("owner", owner)
			.update();
	}

	@Override
	public void giveBack(BuildId build, String owner, Instant now) {
		this.jdbc.sql("""
				UPDATE local_run SET lease_until = :now, version = version + 1
				WHERE build_id = :build AND owner = :owner AND ended = FALSE""")
			.param("now", utc(now))
			.param("build", build.value())
			.param("owner", owner)
			.update();
	}

	@Override
	public Instant now() {
		return this.jdbc.sql("SELECT CURRENT_TIMESTAMP")
			.query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
			.single();
	}

	@Override
	public void askStop(BuildId build) {
		this.jdbc.sql("""
				UPDATE local_run SET stop_asked = TRUE, version = version + 1
				WHERE build_id = :build AND ended = FALSE""").param("build", build.value()).update();
	}

	@Override
	public void deleteEnded(BuildId build) {
		this.jdbc.sql("DELETE FROM local_run WHERE build_id = :build AND ended = TRUE")
			.param("build", build.value())
			.update();
	}

	private JdbcClient.StatementSpec bound(JdbcClient.StatementSpec statement, RunProgress progress) {
		Digest pushing = progress.pushing();
		ScanSummary scan = progress.scan();
		return statement.param("attempt", progress.starts())
			.param("phase", RunJson.phase(progress.phase()))
			.param("steps", RunJson.list(STEPS, progress.steps()))
			.param("ended", progress.isEnded())
			.param("pushing", (pushing != null) ? pushing.value() : null)
			.param("scan", (scan != null) ? RunJson.text(scan) : null)
			.param("children", RunJson.list(CHILDREN, progress.children()));
	}

	private LocalRun run(ResultSet row) throws SQLException {
		String pushing = row.getString("pushing");
		String scan = row.getString("scan");
		RunProgress progress = new RunProgress(row.getInt("attempt"),
				RunJson.value(row.getString("phase"), RunPhase.class), steps(row),
				(pushing != null) ? Digest.of(pushing) : null,
				(scan != null) ? RunJson.value(scan, ScanSummary.class) : null,
				RunJson.values(row.getString("children"), CHILDREN));
		return new LocalRun(RunJson.value(row.getString("run"), Run.class), row.getString("owner"),
				row.getObject("lease_until", OffsetDateTime.class).toInstant(), row.getBoolean("stop_asked"),
				row.getInt("version"), progress);
	}

	private List<StepStatus> steps(ResultSet row) throws SQLException {
		return RunJson.values(row.getString("steps"), STEPS);
	}

	private static OffsetDateTime utc(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

}
