package dev.imagefactory.build.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** An order as a row, and back. */
final class OrderRows {

	/** The columns of an order {@code o}, named so that they may stand beside others. */
	static final String COLUMNS = """
			o.id AS o_id, o.provider AS o_provider, o.provider_id AS o_provider_id, o.trigger_kind AS o_trigger,
			o.ref AS o_ref, o.commit_sha AS o_commit, o.image AS o_image, o.request AS o_request,
			o.repository AS o_repository, o.team AS o_team, o.origin AS o_origin, o.missed AS o_missed,
			o.delivery_id AS o_delivery, o.recipe AS o_recipe, o.created_at AS o_created
			""";

	private OrderRows() {
	}

	static BuildOrder read(ResultSet row) throws SQLException {
		return new BuildOrder(OrderId.of(row.getString("o_id")), key(row),
				RepositoryName.of(row.getString("o_repository")), TeamName.of(row.getString("o_team")),
				Origin.valueOf(row.getString("o_origin").toUpperCase(Locale.ROOT)), row.getBoolean("o_missed"),
				Columns.orNull(row, "o_delivery", DeliveryId::of),
				StoredJson.read(row.getString("o_recipe"), BuildRecipe.class), Columns.time(row, "o_created"));
	}

	private static OrderKey key(ResultSet row) throws SQLException {
		String ref = row.getString("o_ref");
		return new OrderKey(new RepositoryId(Provider.of(row.getString("o_provider")), row.getString("o_provider_id")),
				Trigger.valueOf(row.getString("o_trigger").toUpperCase(Locale.ROOT)),
				ref.isEmpty() ? null : GitRef.of(ref), CommitSha.of(row.getString("o_commit")),
				ImageName.of(row.getString("o_image")), row.getString("o_request"));
	}

	static Map<String, @Nullable Object> write(BuildOrder order) {
		Map<String, @Nullable Object> row = write(order.key());
		row.put("id", order.id().value());
		row.put("apiRequest", (order.origin() == Origin.API) ? order.key().request() : null);
		row.put("repository", order.repository().toString());
		row.put("team", order.team().value());
		row.put("origin", order.origin().wireName());
		row.put("missed", order.missed());
		row.put("delivery", Columns.text(order.delivery()));
		row.put("recipe", StoredJson.write(order.recipe()));
		row.put("created", Columns.time(order.createdAt()));
		return row;
	}

	/**
	 * No ref is the empty text: a unique constraint takes every null for another value.
	 */
	static Map<String, @Nullable Object> write(OrderKey key) {
		GitRef ref = key.ref();
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		row.put("provider", key.repository().provider().wireName());
		row.put("providerId", key.repository().value());
		row.put("trigger", key.trigger().wireName());
		row.put("ref", (ref != null) ? ref.value() : "");
		row.put("commit", key.commit().value());
		row.put("image", key.image().value());
		row.put("request", key.request());
		return row;
	}

}
