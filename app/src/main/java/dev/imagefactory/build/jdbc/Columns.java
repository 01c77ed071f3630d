package dev.imagefactory.build.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;

import dev.imagefactory.source.ShortText;
import org.jspecify.annotations.Nullable;

/** How single values stand in columns. */
final class Columns {

	private Columns() {
	}

	/** Cut, not rounded, to the column's microseconds: nothing happens in the future. */
	static @Nullable OffsetDateTime time(@Nullable Instant at) {
		return (at != null) ? at.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC) : null;
	}

	static Instant time(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	static @Nullable String text(@Nullable String text, int most) {
		return (text != null) ? ShortText.of(text, most) : null;
	}

	static @Nullable String text(@Nullable Object value) {
		return (value != null) ? value.toString() : null;
	}

	static <T> @Nullable T orNull(ResultSet row, String column, Function<String, T> reader) throws SQLException {
		String value = row.getString(column);
		return (value != null) ? reader.apply(value) : null;
	}

}
