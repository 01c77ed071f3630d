package dev.imagefactory.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import dev.imagefactory.access.IdempotencyKeys.Answer;
import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.planning.BuildRequests;
import dev.imagefactory.planning.BuildRequests.CancelAnswer;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.RepositoryName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Builds: list, read, order, cancel, build again. */
@RestController
@RequestMapping("/api/v1/builds")
@Tag(name = "builds", description = "What was built, is being built, and is to be built")
class BuildsApi {

	private final Builds builds;

	private final BuildOrdering ordering;

	private final BuildRequests requests;

	private final Audit audit;

	private final TransactionOperations transaction;

	private final Links links;

	BuildsApi(Builds builds, BuildOrdering ordering, BuildRequests requests, Audit audit,
			TransactionOperations transaction, Links links) {
		this.builds = builds;
		this.ordering = ordering;
		this.requests = requests;
		this.audit = audit;
		this.transaction = transaction;
		this.links = links;
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "List builds, newest first")
	ItemList<BuildJson> list(
			@Parameter(description = "owner/name") @RequestParam(name = "repository",
					required = false) @Nullable String repository,
			@RequestParam(name = "state", required = false) @Nullable String state,
			@Parameter(description = "release, main or manual") @RequestParam(name = "trigger",
					required = false) @Nullable String trigger,
			@Parameter(description = "40 hexadecimal digits") @RequestParam(name = "commit",
					required = false) @Nullable String commit,
			@Parameter(description = "RFC 3339; only builds made at this time or later") @RequestParam(name = "since",
					required = false) @Nullable String since,
			@Parameter(description = "1 to 200, otherwise 50") @RequestParam(name = "limit",
					required = false) @Nullable String limit,
			@Parameter(description = "nextCursor of the page before") @RequestParam(name = "cursor",
					required = false) @Nullable String cursor) {
		BuildFilter filter = new BuildFilter(Query.value("repository", repository, RepositoryName::of),
				Query.word("state", state, StateName.values(), StateName::name),
				Query.word("trigger", trigger, Trigger.values(), Trigger::wireName),
				Query.value("commit", commit, CommitSha::of), Query.time("since", since));
		int most = Query.limit(limit);
		List<Build> read = this.builds.list(filter, Query.cursor(cursor, BuildId::of), most + 1);
		Links together = this.links.together(read);
		return ItemList.of(read, most, Build::id, (build) -> BuildJson.of(build, Optional.empty(), together));
	}

	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Order a build of a branch, tag, commit or release",
			description = "What is named is resolved to a commit before the answer. With an Idempotency-Key, the same request sent twice gets the same answer and makes one build.",
			requestBody = @RequestBody(required = true,
					content = @Content(schema = @Schema(implementation = BuildBody.class))))
	@ApiResponse(responseCode = "202", description = "Ordered; Location is the first build",
			content = @Content(schema = @Schema(implementation = OrderedBuilds.class)))
	@ApiResponse(responseCode = "404", description = "repository-not-onboarded", ref = OpenApiDocument.PROBLEM)
	@ApiResponse(responseCode = "422", description = "ref-not-found, request-refused or idempotency-key-reused",
			ref = OpenApiDocument.PROBLEM)
	ResponseEntity<String> order(InputStream body,
			@Parameter(description = "1 to 255 printable characters, counted per actor") @RequestHeader(
					name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
			Principal actor) throws IOException {
		Answer answer = this.ordering.order(Body.read(body), actor.getName(), idempotencyKey);
		return ResponseEntity.accepted()
			.location(URI.create(answer.location()))
			.contentType(MediaType.APPLICATION_JSON)
			.body(answer.body());
	}

	@GetMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Read a build")
	BuildJson read(@PathVariable("id") String id) {
		return shown(find(id));
	}

	@GetMapping(path = "/{id}/history", produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Read everything that happened to a build, oldest first")
	ItemList<HistoryJson> history(@PathVariable("id") String id,
			@Parameter(description = "1 to 200, otherwise 50") @RequestParam(name = "limit",
					required = false) @Nullable String limit,
			@Parameter(description = "nextCursor of the page before") @RequestParam(name = "cursor",
					required = false) @Nullable String cursor) {
		int most = Query.limit(limit);
		Integer after = Query.cursor(cursor, Integer::valueOf);
		List<HistoryEntry> lines = this.builds.history(find(id).id());
		List<HistoryJson> rest = IntStream.range(0, lines.size())
			.mapToObj((index) -> HistoryJson.of(index + 1, lines.get(index)))
			.filter((line) -> after == null || line.seq() > after)
			.limit(most + 1L)
			.toList();
		return ItemList.of(rest, most, HistoryJson::seq, (line) -> line);
	}

	@PostMapping(path = "/{id}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "End a build",
			description = "At once while it is queued; later it is asked to stop, and the state tells when it did.")
	@ApiResponse(responseCode = "202", description = "Cancelled, or asked to end",
			content = @Content(schema = @Schema(implementation = BuildJson.class)))
	@ApiResponse(responseCode = "409", description = "build-over, with its state", ref = OpenApiDocument.PROBLEM)
	ResponseEntity<BuildJson> cancel(@PathVariable("id") String id, Principal actor) {
		BuildId build = id(id);
		CancelAnswer answer = this.transaction.execute((status) -> {
			CancelAnswer made = this.requests.cancel(build, actor.getName());
			if (made instanceof CancelAnswer.Accepted) {
				this.audit.record(actor.getName(), "build.cancel", build.value(), "");
			}
			return made;
		});
		return switch (answer) {
			case CancelAnswer.Accepted accepted ->
				ResponseEntity.status(HttpStatus.ACCEPTED).body(shown(accepted.build()));
			case CancelAnswer.NotFound missing -> throw missing(id);
			case CancelAnswer.Over over ->
				throw new ApiProblem(ProblemType.BUILD_OVER, "Build %s is %s already, so there is nothing to cancel."
					.formatted(over.build().id(), over.build().state().name()))
					.with("state", over.build().state().name());
		};
	}

	@PostMapping(path = "/{id}/rerun", produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Build the same order again",
			description = "A new build with the next attempt number; the old one stays as it is.")
	@ApiResponse(responseCode = "202", description = "Ordered; Location is the new build",
			content = @Content(schema = @Schema(implementation = BuildJson.class)))
	@ApiResponse(responseCode = "409", description = "build-open, with the open build", ref = OpenApiDocument.PROBLEM)
	ResponseEntity<BuildJson> rerun(@PathVariable("id") String id, Principal actor) {
		BuildId build = id(id);
		RerunAnswer answer = this.transaction.execute((status) -> {
			RerunAnswer made = this.requests.rerun(build, actor.getName());
			if (made instanceof RerunAnswer.Accepted accepted) {
				this.audit.record(actor.getName(), "build.rerun", accepted.build().id().value(), "of " + build);
			}
			return made;
		});
		return switch (answer) {
			case RerunAnswer.Accepted accepted -> ResponseEntity.accepted()
				.location(URI.create(this.links.build(accepted.build().id())))
				.body(shown(accepted.build()));
			case RerunAnswer.NotFound missing -> throw missing(id);
			case RerunAnswer.StillOpen open -> throw new ApiProblem(ProblemType.BUILD_OPEN,
					"Build %s of the same order is %s. Wait for its end, or cancel it.".formatted(open.build().id(),
							open.build().state().name()))
				.with("build", open.build().id())
				.with("state", open.build().state().name());
		};
	}

	private BuildJson shown(Build build) {
		Optional<Builds.QueuePlace> place = (build.state().name() == StateName.QUEUED)
				? this.builds.queuePlace(build.id()) : Optional.empty();
		return BuildJson.of(build, place, this.links);
	}

	private Build find(String id) {
		return this.builds.find(id(id)).orElseThrow(() -> missing(id));
	}

	static BuildId id(String text) {
		try {
			return BuildId.of(text);
		}
		catch (IllegalArgumentException ex) {
			throw missing(text);
		}
	}

	static ApiProblem missing(String id) {
		return new ApiProblem(ProblemType.BUILD_NOT_FOUND,
				"There is no build '%s'. GET /api/v1/builds lists those that there are."
					.formatted(Words.printable(id)));
	}

}
