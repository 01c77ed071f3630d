package dev.imagefactory.build.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collector;
import java.util.stream.Collectors;

import dev.imagefactory.build.Attempted;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/** What a build has many of: steps, findings and lines of history. */
class BuildParts {

	private static final int LONGEST_MESSAGE = 2000;

	private static final int LONGEST_NAME = 200;

	private static final int LONGEST_PACKAGE = 500;

	private static final int LONGEST_REASON = 64;

	private final JdbcClient jdbc;

	BuildParts(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Completes builds as their rows were read, with one query for all of each kind. */
	List<Build> complete(List<Build> builds) {
		if (builds.isEmpty()) {
			return builds;
		}
		List<String> ids = builds.stream().map((build) -> build.id().value()).toList();
		Map<String, List<StepStatus>> steps = steps(ids);
		Map<String, List<Finding>> findings = findings(builds.stream()
			.filter((build) -> build.image().scan() != null)
			.map((build) -> build.id().value())
			.toList());
		return builds.stream()
			.map((build) -> BuildRows.with(build, steps.getOrDefault(build.id().value(), List.of()),
					findings.getOrDefault(build.id().value(), List.of())))
			.toList();
	}

	private Map<String, List<StepStatus>> steps(Collection<String> ids) {
		return this.jdbc.sql("SELECT * FROM build_step WHERE build_id IN (:ids)")
			.param("ids", ids)
			.query((row, number) -> Map.entry(row.getString("build_id"), step(row)))
			.list()
			.stream()
			.sorted(Map.Entry.comparingByValue(Comparator.comparing(StepStatus::step)))
			.collect(byBuild());
	}

	private static StepStatus step(ResultSet row) throws SQLException {
		return new StepStatus(Step.valueOf(row.getString("step").toUpperCase(Locale.ROOT)),
				StepState.valueOf(row.getString("state")), Columns.timeOrNull(row, "started_at"),
				Columns.timeOrNull(row, "finished_at"), row.getString("message"));
	}

	/** Only what was scanned has any. */
	private Map<String, List<Finding>> findings(Collection<String> ids) {
		if (ids.isEmpty()) {
			return Map.of();
		}
		return this.jdbc.sql("SELECT * FROM build_finding WHERE build_id IN (:ids) ORDER BY build_id, ordinal")
			.param("ids", ids)
			.query((row, number) -> Map.entry(row.getString("build_id"), finding(row)))
			.list()
			.stream()
			.collect(byBuild());
	}

	private static Finding finding(ResultSet row) throws SQLException {
		return new Finding(row.getString("id"), row.getString("package_name"), row.getString("installed"),
				row.getString("fixed_in"), Severity.valueOf(row.getString("severity")), row.getString("link"));
	}

	private static <T> Collector<Map.Entry<String, T>, ?, Map<String, List<T>>> byBuild() {
		return Collectors.groupingBy(Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList()));
	}

	/** All in one statement: a flood of deliveries adds many. */
	void addSteps(Build build) {
		List<StepStatus> steps = build.steps();
		if (steps.isEmpty()) {
			return;
		}
		Map<String, @Nullable Object> params = new LinkedHashMap<>();
		List<String> values = new ArrayList<>();
		for (int i = 0; i < steps.size(); i++) {
			String suffix = Integer.toString(i);
			row(build.id(), steps.get(i)).forEach((column, value) -> params.put(column + suffix, value));
			values.add(
					"(:build%1$s, :step%1$s, :state%1$s, :started%1$s, :finished%1$s, :message%1$s)".formatted(suffix));
		}
		this.jdbc
			.sql("INSERT INTO build_step (build_id, step, state, started_at, finished_at, message) VALUES "
					+ String.join(", ", values))
			.params(params)
			.update();
	}

	void storeSteps(Build build) {
		for (StepStatus status : build.steps()) {
			Map<String, @Nullable Object> row = row(build.id(), status);
			int updated = this.jdbc.sql("""
					UPDATE build_step SET state = :state, started_at = :started, finished_at = :finished,
					    message = :message
					WHERE build_id = :build AND step = :step
					""").params(row).update();
			if (updated == 0) {
				this.jdbc.sql("""
						INSERT INTO build_step (build_id, step, state, started_at, finished_at, message)
						VALUES (:build, :step, :state, :started, :finished, :message) ON CONFLICT DO NOTHING
						""").params(row).update();
			}
		}
	}

	private static Map<String, @Nullable Object> row(BuildId build, StepStatus status) {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		row.put("build", build.value());
		row.put("step", status.step().wireName());
		row.put("state", status.state().name());
		row.put("started", Columns.time(status.startedAt()));
		row.put("finished", Columns.time(status.finishedAt()));
		row.put("message", status.message());
		return row;
	}

	void storeScanned(BuildId build, ScannedImage image, Instant at) {
		this.jdbc.sql("""
				INSERT INTO scanned_image (build_id, digest, scan, at) VALUES (:build, :digest, :scan, :at)
				ON CONFLICT DO NOTHING
				""")
			.param("build", build.value())
			.param("digest", image.digest().value())
			.param("scan", StoredJson.writeScan(image.scan()))
			.param("at", Columns.time(at))
			.update();
	}

	List<Attempted> scanned(OrderId order) {
		return this.jdbc.sql("""
				SELECT s.build_id, s.digest, s.scan FROM scanned_image s JOIN build b ON b.id = s.build_id
				WHERE b.order_id = :order ORDER BY b.attempt, s.at, s.digest
				""")
			.param("order", order.value())
			.query((row, number) -> new Attempted(BuildId.of(row.getString("build_id")),
					new ScannedImage(Digest.of(row.getString("digest")),
							StoredJson.read(row.getString("scan"), ScanSummary.class))))
			.list();
	}

	/** They change only when the image of an earlier build is adopted instead. */
	void storeFindings(Build build) {
		ScanSummary scan = build.image().scan();
		if (scan == null) {
			return;
		}
		List<Finding> findings = scan.fixable().stream().limit(ScanSummary.MOST_FINDINGS).toList();
		List<Finding> stored = findings(List.of(build.id().value())).getOrDefault(build.id().value(), List.of());
		if (findings.equals(stored)) {
			return;
		}
		this.jdbc.sql("DELETE FROM build_finding WHERE build_id = :build").param("build", build.id().value()).update();
		for (int i = 0; i < findings.size(); i++) {
			this.jdbc.sql("""
					INSERT INTO build_finding (build_id, ordinal, id, package_name, installed, fixed_in, severity, link)
					VALUES (:build, :ordinal, :id, :package, :installed, :fixedIn, :severity, :link)
					""").params(row(build.id(), i, findings.get(i))).update();
		}
	}

	private static Map<String, @Nullable Object> row(BuildId build, int ordinal, Finding finding) {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		row.put("build", build.value());
		row.put("ordinal", ordinal);
		row.put("id", Columns.text(finding.id(), LONGEST_NAME));
		row.put("package", Columns.text(finding.packageName(), LONGEST_PACKAGE));
		row.put("installed", Columns.text(finding.installed(), LONGEST_PACKAGE));
		row.put("fixedIn", Columns.text(finding.fixedIn(), LONGEST_PACKAGE));
		row.put("severity", finding.severity().name());
		row.put("link", Columns.text(finding.link(), LONGEST_MESSAGE));
		return row;
	}

	/** The number of a line is one more than the version which it made. */
	void addHistory(BuildId build, int version, HistoryEntry entry) {
		this.jdbc.sql("""
				INSERT INTO build_event (build_id, seq, at, from_state, to_state, reason, detail, actor)
				VALUES (:build, :seq, :at, :from, :to, :reason, :detail, :actor)
				""")
			.param("build", build.value())
			.param("seq", version + 1)
			.param("at", Columns.time(entry.at()))
			.param("from", entry.from().name())
			.param("to", entry.to().name())
			.param("reason", Columns.text(entry.reason(), LONGEST_REASON))
			.param("detail", Columns.text(entry.detail(), LONGEST_MESSAGE))
			.param("actor", Columns.text(entry.by(), LONGEST_NAME))
			.update();
	}

	List<HistoryEntry> history(BuildId build) {
		return this.jdbc.sql("SELECT * FROM build_event WHERE build_id = :build ORDER BY seq")
			.param("build", build.value())
			.query((row, number) -> new HistoryEntry(Columns.time(row, "at"),
					StateName.valueOf(row.getString("from_state")), StateName.valueOf(row.getString("to_state")),
					row.getString("reason"), row.getString("detail"), row.getString("actor")))
			.list();
	}

}
