package dev.imagefactory.api;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends one build's logs as events to one reader, from where the reader left off until
 * the build is over. Texts travel as JSON, so that no line of a log can look like an
 * event.
 */
class LogFollower {

	private static final Duration HEARTBEAT = Duration.ofSeconds(15);

	/** How long after a build's end lines may still come. */
	private static final Duration LAST_LINES = Duration.ofSeconds(30);

	private static final long PAUSE_MILLIS = 300;

	private final Builds builds;

	private final StepLogs logs;

	private final Clock clock;

	private final BuildId id;

	private final List<Step> steps;

	private final LogPosition position;

	private final SseEmitter reader;

	private @Nullable Seen told;

	private Instant lastSent;

	LogFollower(Sources sources, BuildId id, List<Step> steps, LogPosition position, SseEmitter reader) {
		this.builds = sources.builds();
		this.logs = sources.logs();
		this.clock = sources.clock();
		this.id = id;
		this.steps = steps;
		this.position = position;
		this.reader = reader;
		this.lastSent = this.clock.instant();
	}

	/**
	 * Sends until the build is over, or until somebody counts the latch down.
	 * @throws IOException when the reader is gone
	 */
	void follow(CountDownLatch stop) throws IOException, InterruptedException {
		this.reader.send(SseEmitter.event().reconnectTime(2000).comment("logs of " + this.id));
		do {
			// Read before the logs: what a build wrote before its end is all there then.
			Build build = this.builds.find(this.id).orElse(null);
			if (build == null) {
				return;
			}
			boolean last = !build.isOpen() && isAllThere(build);
			tellState(build);
			sendLogs();
			if (last) {
				this.reader.send(SseEmitter.event().name("end").data(StateEvent.of(build)));
				return;
			}
			heartbeat();
		}
		while (!stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
	}

	private void tellState(Build build) throws IOException {
		Seen now = new Seen(build.state().name().name(), build.steps());
		if (!now.equals(this.told)) {
			this.told = now;
			send(SseEmitter.event().name("state").data(StateEvent.of(build)));
		}
	}

	private void sendLogs() throws IOException {
		for (Step step : this.logs.steps(this.id)) {
			if (this.steps.contains(step)) {
				sendLog(step);
			}
		}
	}

	private void sendLog(Step step) throws IOException {
		StepLogs.Part part = this.logs.read(this.id, step, this.position.of(step));
		while (part.next() > this.position.of(step)) {
			this.position.move(step, part.next());
			send(SseEmitter.event()
				.name("log")
				.id(this.position.toString())
				.data(new LogEvent(step.wireName(), part.text())));
			part = this.logs.read(this.id, step, part.next());
		}
	}

	/**
	 * What an engine only follows is stored a moment after it was written, so the last
	 * lines may come after the build's end. A log that retention removed is not waited
	 * for.
	 */
	private boolean isAllThere(Build build) {
		Instant end = build.times().finishedAt();
		boolean hasRun = build.steps().stream().anyMatch((step) -> step.startedAt() != null);
		return !hasRun || end == null || !this.clock.instant().isBefore(end.plus(LAST_LINES))
				|| Stream.of(Step.values())
					.allMatch((step) -> this.logs.read(this.id, step, Long.MAX_VALUE).complete());
	}

	/** Tells proxies that the stream is alive, and us whether the reader is. */
	private void heartbeat() throws IOException {
		if (!this.clock.instant().isBefore(this.lastSent.plus(HEARTBEAT))) {
			send(SseEmitter.event().comment("still here"));
		}
	}

	private void send(SseEmitter.SseEventBuilder event) throws IOException {
		this.reader.send(event);
		this.lastSent = this.clock.instant();
	}

	/** Where builds and logs are read. */
	record Sources(Builds builds, StepLogs logs, Clock clock) {
	}

	/** The data of a log event. */
	@Schema(name = "LogEvent")
	record LogEvent(String step, String text) {
	}

	/** The data of a state or end event. */
	@Schema(name = "StateEvent")
	record StateEvent(String build, String state) {

		static StateEvent of(Build build) {
			return new StateEvent(build.id().value(), build.state().name().name());
		}

	}

	/** What the reader was told last. */
	private record Seen(String state, List<StepStatus> steps) {
	}

}
