package dev.imagefactory.build.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Build.CancelRequest;
import dev.imagefactory.build.Build.Product;
import dev.imagefactory.build.Build.Times;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.BuildState.Verifying;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

/** A build as a row, and back. Its steps and findings have rows of their own. */
final class BuildRows {

	/** The columns of a build {@code b} and of its order {@code o}. */
	static final String COLUMNS = """
			b.id, b.attempt, b.by_push, b.state_detail, b.tags, b.digest, b.adopted, b.scan, b.cancel_requested_at,
			b.cancel_requested_by, b.engine, b.created_at, b.started_at, b.finished_at, b.missed_at,
			b.version,
			""" + OrderRows.COLUMNS;

	/** The urgency of manual builds, between releases and pushes. */
	static final int MANUAL = 1;

	/** The urgency of pushes. */
	static final int MAIN = 2;

	private static final int RELEASE = 0;

	private static final int BULK = 3;

	private static final int LONGEST_ACTOR = 200;

	private BuildRows() {
	}

	static Build read(ResultSet row) throws SQLException {
		Product image = product(row);
		BuildState state = withFindings(StoredJson.read(row.getString("state_detail"), BuildState.class), image.scan());
		return new Build(BuildId.of(row.getString("id")), OrderRows.read(row), row.getInt("attempt"),
				row.getBoolean("by_push"), state, StoredJson.readTags(row.getString("tags")), image, List.of(),
				cancel(row), row.getString("engine"), times(row), row.getInt("version"));
	}

	private static Product product(ResultSet row) throws SQLException {
		return new Product(Columns.orNull(row, "digest", Digest::of), row.getBoolean("adopted"),
				Columns.orNull(row, "scan", (json) -> StoredJson.read(json, ScanSummary.class)));
	}

	private static @Nullable CancelRequest cancel(ResultSet row) throws SQLException {
		Instant at = Columns.timeOrNull(row, "cancel_requested_at");
		return (at != null) ? new CancelRequest(at, row.getString("cancel_requested_by")) : null;
	}

	private static Times times(ResultSet row) throws SQLException {
		return new Times(Columns.time(row, "created_at"), Columns.timeOrNull(row, "started_at"),
				Columns.timeOrNull(row, "finished_at"), Columns.timeOrNull(row, "missed_at"));
	}

	/** Puts what has its own rows into a build as it was read. */
	static Build with(Build build, List<StepStatus> steps, List<Finding> findings) {
		ScanSummary scan = withFindings(build.image().scan(), findings);
		Product image = new Product(build.image().digest(), build.image().adopted(), scan);
		return new Build(build.id(), build.order(), build.attempt(), build.byPush(), withFindings(build.state(), scan),
				build.tags(), image, steps, build.cancel(), build.engine(), build.times(), build.version());
	}

	private static @Nullable ScanSummary withFindings(@Nullable ScanSummary scan, List<Finding> findings) {
		return (scan != null) ? new ScanSummary(scan.verdict(), scan.counts(), findings, scan.database()) : null;
	}

	/** A state that carries a successful run's scan carries the build's own. */
	private static BuildState withFindings(BuildState state, @Nullable ScanSummary scan) {
		if (scan == null
				|| !(state instanceof Verifying(RunResult.Succeeded run, var digest, var misses, var trouble, var adopted))) {
			return state;
		}
		return new Verifying(new RunResult.Succeeded(run.digest(), scan), digest, misses, trouble, adopted);
	}

	/** What is fixed when a build is added. */
	static Map<String, @Nullable Object> writeNew(Build build) {
		Map<String, @Nullable Object> row = write(build);
		row.put("order", build.order().id().value());
		row.put("attempt", build.attempt());
		row.put("byPush", build.byPush());
		row.put("repositoryKey", build.order().repository().key());
		row.put("trigger", build.order().key().trigger().wireName());
		row.put("commit", build.order().key().commit().value());
		row.put("image", build.order().key().image().value());
		row.put("priority", priority(build.order()));
		row.put("created", Columns.time(build.times().createdAt()));
		return row;
	}

	/** What a change may change. */
	static Map<String, @Nullable Object> write(Build build) {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		row.put("id", build.id().value());
		row.put("version", build.version());
		row.put("open", build.isOpen() ? Boolean.TRUE : null);
		row.put("state", build.state().name().name());
		row.put("detail", StoredJson.writeState(withFindings(build.state(), withoutFindings(build.image().scan()))));
		row.put("tags", StoredJson.write(build.tags()));
		writeProduct(build.image(), row);
		writeCancel(build.cancel(), row);
		row.put("engine", build.engine());
		row.put("started", Columns.time(build.times().startedAt()));
		row.put("finished", Columns.time(build.times().finishedAt()));
		row.put("missed", Columns.time(build.times().missedAt()));
		String putOffAt = putOffAt(build.state());
		row.put("putOffAt", putOffAt);
		row.put("putOff", (putOffAt != null) ? Boolean.TRUE : null);
		return row;
	}

	private static @Nullable String putOffAt(BuildState state) {
		return (state instanceof BuildState.Submitting(var putOff) && putOff != null) ? putOff.place() : null;
	}

	private static void writeProduct(Product image, Map<String, @Nullable Object> row) {
		ScanSummary scan = withoutFindings(image.scan());
		row.put("digest", Columns.text(image.digest()));
		row.put("adopted", image.adopted());
		row.put("scan", (scan != null) ? StoredJson.write(scan) : null);
	}

	private static void writeCancel(@Nullable CancelRequest cancel, Map<String, @Nullable Object> row) {
		row.put("cancelAt", (cancel != null) ? Columns.time(cancel.at()) : null);
		row.put("cancelBy", (cancel != null) ? Columns.text(cancel.by(), LONGEST_ACTOR) : null);
	}

	private static @Nullable ScanSummary withoutFindings(@Nullable ScanSummary scan) {
		return withFindings(scan, List.of());
	}

	/** Whose turn comes first: the lowest. Bulk rebuilds wait behind all others. */
	static int priority(BuildOrder order) {
		if (order.recipe().bulk()) {
			return BULK;
		}
		return switch (order.key().trigger()) {
			case RELEASE -> RELEASE;
			case MANUAL -> MANUAL;
			case MAIN -> MAIN;
		};
	}

}
