package dev.imagefactory.build.jdbc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The conditions of a query, of which those without a value are left out. */
final class Conditions {

	private final List<String> conditions = new ArrayList<>();

	private final Map<String, Object> params = new LinkedHashMap<>();

	Conditions and(String condition, String param, @Nullable Object value) {
		if (value != null) {
			this.conditions.add(condition);
			this.params.put(param, value);
		}
		return this;
	}

	String sql() {
		return this.conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", this.conditions);
	}

	Map<String, Object> with(String param, Object value) {
		Map<String, Object> all = new LinkedHashMap<>(this.params);
		all.put(param, value);
		return all;
	}

}
