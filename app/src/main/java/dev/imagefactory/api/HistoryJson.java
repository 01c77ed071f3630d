package dev.imagefactory.api;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.imagefactory.build.HistoryEntry;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A line of a build's history. */
@Schema(name = "HistoryLine")
@JsonInclude(JsonInclude.Include.NON_NULL)
record HistoryJson(@Schema(description = "From 1") int seq, Instant at, String from, String to, @Nullable String reason,
		@Nullable String detail, @Schema(description = "Who or what made it happen") String by) {

	static HistoryJson of(int seq, HistoryEntry line) {
		return new HistoryJson(seq, line.at(), line.from().name(), line.to().name(), line.reason(), line.detail(),
				line.by());
	}

}
