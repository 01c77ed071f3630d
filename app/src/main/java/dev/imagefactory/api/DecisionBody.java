package dev.imagefactory.api;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.DeliveryRefused;
import dev.imagefactory.intake.EventReader;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of a dry run: an event as GitHub would deliver it. */
@Schema(name = "DecisionRequest")
record DecisionBody(
		@Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "As in X-GitHub-Event",
				example = "release") @Nullable String event,
		@Schema(requiredMode = Schema.RequiredMode.REQUIRED, type = "object",
				description = "The event's payload; commits may be left out, nothing reads them") @Nullable JsonNode payload) {

	/** Escapes keep text apart that no UTF-8 can write, as a delivery would bring it. */
	private static final JsonMapper ESCAPING = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

	/** Checks the event as a delivery of it would be checked. */
	GitHubEvent read(EventReader reader) {
		String name = Body.needed("event", this.event);
		if (this.payload == null || this.payload.isNull()) {
			throw Body.invalid("payload", "it is needed");
		}
		try {
			return reader.read(name, ESCAPING.writeValueAsString(this.payload).getBytes(StandardCharsets.US_ASCII));
		}
		catch (DeliveryRefused ex) {
			throw problem(ex);
		}
		catch (JsonProcessingException ex) {
			throw Body.invalid("payload", "it cannot be read");
		}
	}

	private static ApiProblem problem(DeliveryRefused refused) {
		String detail = String.valueOf(refused.getMessage());
		return switch (refused.kind()) {
			case HEADERS -> Body.invalid("event", detail);
			case SIGNATURE, CONTENT_TYPE, JSON, SCOPE -> Body.invalid("payload", detail);
			case SHAPE -> new ApiProblem(ProblemType.PAYLOAD_SHAPE, detail);
			case IDENTITY -> new ApiProblem(ProblemType.REPOSITORY_IDENTITY, detail);
		};
	}

}
