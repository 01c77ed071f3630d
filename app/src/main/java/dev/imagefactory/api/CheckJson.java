package dev.imagefactory.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.imagefactory.engine.Check;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One thing about the installation that was looked at. */
@Schema(name = "Check")
@JsonInclude(JsonInclude.Include.NON_NULL)
record CheckJson(@Schema(description = "What was looked at", example = "rights") String check,
		@Schema(allowableValues = {
				"ok", "wrong", "cannot-see" }) String verdict,
		@Schema(description = "Where in Kubernetes, for what has such a place") @Nullable String namespace,
		@Schema(description = "What was found, or why it cannot be seen and which right is missing") String detail,
		@Schema(description = "What mends it; beside ok it is advice") @Nullable String fix){

	static CheckJson of(Check check) {
		return new CheckJson(check.name(), check.verdict().wireName(), check.namespace(), check.detail(), check.fix());
	}

}
