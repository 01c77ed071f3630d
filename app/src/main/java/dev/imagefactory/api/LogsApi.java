package dev.imagefactory.api;

import java.io.IOException;
import java.io.Writer;
import java.time.Clock;
import java.util.List;

import dev.imagefactory.build.Builds;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The logs of a build's steps: all at once, or line by line while they are written. */
@RestController
@RequestMapping("/api/v1/builds/{id}/logs")
@Tag(name = "builds")
class LogsApi {

	private final Builds builds;

	private final StepLogs logs;

	private final LogStreams streams;

	private final Clock clock;

	LogsApi(Builds builds, StepLogs logs, LogStreams streams, Clock clock) {
		this.builds = builds;
		this.logs = logs;
		this.streams = streams;
		this.clock = clock;
	}

	/** Has no "produces", so that it is the answer wherever no stream is asked for. */
	@GetMapping
	@Operation(summary = "Read or follow the logs",
			description = "As text/plain what is written so far; all steps in order, each under its name, unless one is named. As text/event-stream events 'log' {step, text}, 'state' and, when the build is over, 'end'; each log event's id is where to go on, given back as Last-Event-ID.")
	@ApiResponse(responseCode = "200", content = {
			@Content(mediaType = "text/plain", schema = @Schema(type = "string")),
			@Content(mediaType = "text/event-stream", schema = @Schema(implementation = LogFollower.LogEvent.class)) })
	void text(@PathVariable("id") String id,
			@Parameter(description = "clone, build, scan or push; otherwise all") @RequestParam(name = "step",
					required = false) @Nullable String step,
			HttpServletResponse response) throws IOException {
		BuildId build = find(id);
		List<Step> steps = steps(step);
		response.setContentType("text/plain;charset=UTF-8");
		Writer out = response.getWriter();
		for (Step each : this.logs.steps(build)) {
			if (steps.contains(each)) {
				if (step == null) {
					out.write("== %s ==\n".formatted(each.wireName()));
				}
				write(build, each, out);
			}
		}
		out.flush();
	}

	@GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	@Operation(hidden = true)
	SseEmitter events(@PathVariable("id") String id,
			@RequestParam(name = "step", required = false) @Nullable String step,
			@RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
			HttpServletResponse response) {
		BuildId build = find(id);
		List<Step> steps = steps(step);
		LogPosition position = LogPosition.of(lastEventId);
		LogFollower.Sources sources = new LogFollower.Sources(this.builds, this.logs, this.clock);
		SseEmitter events = this.streams.start((reader) -> new LogFollower(sources, build, steps, position, reader));
		response.setHeader("X-Accel-Buffering", "no"); // a proxy must not hold lines back
		return events;
	}

	private void write(BuildId build, Step step, Writer out) throws IOException {
		long offset = 0;
		StepLogs.Part part = this.logs.read(build, step, offset);
		while (part.next() > offset) {
			out.write(part.text());
			offset = part.next();
			part = this.logs.read(build, step, offset);
		}
	}

	private BuildId find(String id) {
		BuildId build = BuildsApi.id(id);
		return this.builds.find(build).orElseThrow(() -> BuildsApi.missing(id)).id();
	}

	private static List<Step> steps(@Nullable String step) {
		Step one = Query.word("step", step, Step.values(), Step::wireName);
		return (one != null) ? List.of(one) : List.of(Step.values());
	}

}
