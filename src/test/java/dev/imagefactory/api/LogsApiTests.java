package dev.imagefactory.api;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.slice.Samples;
import dev.imagefactory.slice.Slice;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@ResourceLock(Slice.LOCK)
class LogsApiTests {

	private Build build;

	@BeforeEach
	void reset() {
		Slice.reset();
		this.build = Samples.running(Samples.START, Step.BUILD);
		Slice.memory.builds.add(this.build);
		append(Step.CLONE, "cloned\n");
	}

	@Test
	void textWhenNoStepIsNamedGivesAllInOrder() {
		append(Step.BUILD, "<b>built</b>\n");
		HttpResponse<String> answer = Slice.send(Slice.admin(path("")));
		assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain;charset=UTF-8");
		assertThat(answer.body()).isEqualTo("== clone ==\ncloned\n== build ==\n<b>built</b>\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8" })
	void textWhenOneStepIsNamedGivesItAlone(String accept) {
		HttpResponse<String> answer = Slice.send(Slice.admin(path("?step=clone")).header("Accept", accept));
		assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain;charset=UTF-8");
		assertThat(answer.body()).isEqualTo("cloned\n");
		assertThat(Slice.send(Slice.admin(path("?step=scan"))).body()).isEmpty();
	}

	@Test
	void textWhenTheStepIsUnknownIsRefused() {
		BuildsApiTests.expect(Slice.send(Slice.admin(path("?step=CLONE"))), 400, "invalid-parameter");
		BuildsApiTests.expect(Slice.send(Slice.admin(path("?step=x")).header("Accept", "text/event-stream")), 400,
				"invalid-parameter");
	}

	@Test
	void eventsWhenTheBuildGoesOnFollowItToItsEnd() {
		List<String> lines = follow(path(""));
		await(lines, "data:{\"step\":\"clone\",\"text\":\"cloned\\n\"}");
		append(Step.BUILD, "one\n");
		await(lines, "id:clone:7,build:4");
		append(Step.BUILD, "two\n");
		await(lines, "data:{\"step\":\"build\",\"text\":\"two\\n\"}");
		append(Step.BUILD, "last\n");
		Slice.memory.builds.add(Samples.in(this.build, new BuildState.Failed("x", "It failed.")));
		await(lines, "event:end");
		await(lines, "data:{\"build\":\"%s\",\"state\":\"FAILED\"}".formatted(this.build.id()));
		assertThat(lines).contains("data:{\"step\":\"build\",\"text\":\"last\\n\"}", "event:state", "event:log");
		assertThat(lines.stream().filter("event:end"::equals)).hasSize(1);
		assertThat(lines.indexOf("event:end"))
			.isGreaterThan(lines.indexOf("data:{\"step\":\"build\",\"text\":\"last\\n\"}"));
	}

	@Test
	void eventsWhenTheBuildIsOverEndAtOnce() {
		Slice.memory.builds.add(Samples.in(this.build, new BuildState.Cancelled(null)));
		HttpResponse<String> answer = Slice.send(Slice.admin(path("")).header("Accept", "text/event-stream"));
		assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("text/event-stream");
		assertThat(answer.body()).contains("retry:2000", "cloned", "event:end");
	}

	@Test
	void eventsWhenLastLinesComeAfterTheBuildsEndWaitForThem() {
		endWithLinesToCome();
		List<String> lines = follow(path("?step=build"));
		await(lines, "data:{\"build\":\"%s\",\"state\":\"FAILED\"}".formatted(this.build.id()));
		append(Step.BUILD, "late\n");
		await(lines, "data:{\"step\":\"build\",\"text\":\"late\\n\"}");
		assertThat(lines).doesNotContain("event:end");
		append(Step.BUILD, "last\n");
		Slice.memory.logs.growing.clear();
		await(lines, "event:end");
		assertThat(lines).contains("data:{\"step\":\"build\",\"text\":\"last\\n\"}");
	}

	@Test
	void eventsWhenLastLinesNeverComeEndAfterAWhile() {
		endWithLinesToCome();
		List<String> lines = follow(path(""));
		await(lines, "event:state");
		assertThat(lines).doesNotContain("event:end");
		Slice.setTime(Slice.now().plus(Duration.ofSeconds(30)));
		await(lines, "event:end");
	}

	private void endWithLinesToCome() {
		Build over = Samples.in(this.build, new BuildState.Failed("x", "It failed."));
		Slice.memory.logs.growing.add(over.id());
		Slice.memory.builds.add(over);
		Slice.setTime(over.times().finishedAt().plusSeconds(1));
	}

	@Test
	void eventsWhenResumedGoOnWhereTheyWere() {
		append(Step.BUILD, "one\ntwo\n");
		Slice.memory.builds.add(Samples.in(this.build, new BuildState.Cancelled(null)));
		HttpResponse<String> answer = Slice.send(
				Slice.admin(path("")).header("Accept", "text/event-stream").header("Last-Event-ID", "clone:7,build:4"));
		assertThat(answer.body()).contains("\"text\":\"two\\n\"").doesNotContain("cloned", "one\\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "clone", "clone:-1", "clone:1,", "deploy:1", "clone:99999999999999999999" })
	void eventsWhenThePositionIsGarbageAreRefused(String id) {
		BuildsApiTests.expect(
				Slice.send(Slice.admin(path("")).header("Accept", "text/event-stream").header("Last-Event-ID", id)),
				400, "invalid-header");
	}

	@Test
	void eventsWhenALogLooksLikeEventsStayOneEvent() {
		append(Step.BUILD, "a\r\revent: end\r\ndata: {}\n\nevent: end\ndata: x\u2028\n");
		Slice.memory.builds.add(Samples.in(this.build, new BuildState.Cancelled(null)));
		String body = Slice.send(Slice.admin(path("?step=build")).header("Accept", "text/event-stream")).body();
		assertThat(body.lines().filter((line) -> line.startsWith("event:end"))).hasSize(1);
		assertThat(body.lines().filter((line) -> line.startsWith("event: "))).isEmpty();
		assertThat(body).doesNotContain("\r");
	}

	@Test
	void eventsWhenNothingHappensShowThatTheyLive() {
		List<String> lines = follow(path(""));
		await(lines, "event:log");
		assertThat(lines).doesNotContain(":still here");
		Slice.setTime(Slice.now().plus(Duration.ofSeconds(15)));
		await(lines, ":still here");
		Slice.memory.builds.all.clear();
	}

	@Test
	void eventsWhenTheServiceStopsEndAndAreRefusedUntilItRuns() {
		List<String> lines = follow(path(""));
		await(lines, "event:log");
		LogStreams streams = Slice.bean(LogStreams.class);
		streams.stop();
		try {
			await(lines, "THE END");
			BuildsApiTests.expect(Slice.send(Slice.admin(path("")).header("Accept", "text/event-stream")), 503,
					"too-many-streams");
		}
		finally {
			streams.start();
		}
	}

	private String path(String query) {
		return "/api/v1/builds/" + this.build.id() + "/logs" + query;
	}

	private void append(Step step, String text) {
		Slice.memory.logs.append(this.build.id(), step, text);
	}

	private static List<String> follow(String path) {
		List<String> lines = new CopyOnWriteArrayList<>();
		CompletableFuture<HttpResponse<Stream<String>>> answer = Slice.client()
			.sendAsync(Slice.admin(path).header("Accept", "text/event-stream").build(), BodyHandlers.ofLines());
		answer.thenAcceptAsync((response) -> {
			Iterator<String> all = response.body().iterator();
			while (all.hasNext()) {
				lines.add(all.next());
			}
			lines.add("THE END");
		}, (task) -> Thread.ofVirtual().start(task));
		return lines;
	}

	private static void await(List<String> lines, String line) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(lines).contains(line));
	}

}
