package dev.imagefactory.api;

import java.io.IOException;
import java.io.InputStream;

import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.EventReader;
import dev.imagefactory.planning.DryRun;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Dry runs: what an event would come to, without a trace. */
@RestController
@RequestMapping("/api/v1/decisions")
@Tag(name = "decisions", description = "What would happen, before it does")
class DecisionsApi {

	private final EventReader reader;

	private final DryRun dryRun;

	private final WorkflowPreview preview;

	DecisionsApi(EventReader reader, DryRun dryRun, WorkflowPreview preview) {
		this.reader = reader;
		this.dryRun = dryRun;
		this.preview = preview;
	}

	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Say what a delivery of an event would come to",
			description = "Judged by the rules and the settings in force and by what the repository says now, with the Workflow of each build, whichever engine is configured. Nothing is stored.",
			requestBody = @RequestBody(required = true,
					content = @Content(schema = @Schema(implementation = DecisionBody.class))))
	@ApiResponse(responseCode = "200", description = "The decision",
			content = @Content(schema = @Schema(implementation = DecisionJson.class)))
	@ApiResponse(responseCode = "422", description = "payload-shape or repository-identity",
			ref = OpenApiDocument.PROBLEM)
	DecisionJson decide(InputStream body) throws IOException {
		GitHubEvent event = Body.readLarge(body).as(DecisionBody.class).read(this.reader);
		if (event instanceof GitHubEvent.Ping) {
			return DecisionJson.pong();
		}
		try {
			return DecisionJson.of(this.dryRun.of(event), this.preview);
		}
		catch (GitUnavailable ex) {
			throw new ApiProblem(ProblemType.REPOSITORY_UNREACHABLE, String.valueOf(ex.getMessage()));
		}
	}

}
