package dev.imagefactory.build.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

/**
 * What selects one page of builds, newest first, so that no page costs more because more
 * is stored: an index has the page's rows side by side.
 */
final class Listing {

	private final Conditions where = new Conditions();

	/** H2 reads an index in its order only when the order names all of its columns. */
	private final List<String> order = new ArrayList<>();

	private final int limit;

	Listing(BuildFilter filter, @Nullable BuildId before, int limit) {
		this.limit = limit;
		equal("b.commit_sha", "commit", Columns.text(filter.commit()));
		equal("b.repository_key", "repository", (filter.repository() != null) ? filter.repository().key() : null);
		equal("b.state", "state", (filter.state() != null) ? filter.state().name() : null);
		equal("b.trigger_kind", "trigger", (filter.trigger() != null) ? filter.trigger().wireName() : null);
		this.where.and("b.id < :before", "before", Columns.text(before))
			.and("b.created_at >= :since", "since", Columns.time(filter.since()))
			// Ids are in the order of time: nothing older is looked at.
			.and("b.id >= :first", "first", (filter.since() != null) ? BuildId.earliest(filter.since()).value() : null);
		this.order.add("b.id DESC");
	}

	/** The first of them leads: there is an index of each with the id. */
	private void equal(String column, String param, @Nullable String value) {
		this.where.and(column + " = :" + param, param, value);
		if (value != null && this.order.isEmpty()) {
			this.order.add(column + " DESC");
		}
	}

	String sql() {
		return this.where.sql() + " ORDER BY " + String.join(", ", this.order) + " LIMIT :limit";
	}

	Map<String, Object> params() {
		return this.where.with("limit", this.limit);
	}

}
