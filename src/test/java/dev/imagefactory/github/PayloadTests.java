package dev.imagefactory.github;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.github.GitHubEvent.Repository;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PayloadTests {

	private static final Repository APP = new Repository(RepositoryId.github(123456), RepositoryName.of("acme/app"),
			"main", false);

	private static final String ZEROS = "0".repeat(40);

	@Test
	void asWhenReleaseReadsWhatPlanningNeeds() {
		assertThat(event("release", (payload) -> {
		})).isEqualTo(new GitHubEvent.Release("published", "v1.2.3", false, false, APP));
	}

	@Test
	void asWhenPushReadsWhatPlanningNeeds() {
		assertThat(event("push", (payload) -> {
		})).isEqualTo(new GitHubEvent.Push("refs/heads/main", "4f1d3c0a9b8e7d6c5b4a39281706f5e4d3c2b1a0", false,
				"Make the checkout faster\n\nCloses #41", APP));
	}

	@Test
	void asWhenPingReadsRepository() {
		assertThat(event("ping", (payload) -> {
		})).isEqualTo(new GitHubEvent.Ping(APP));
		assertThat(event("ping", (payload) -> payload.remove("repository"))).isEqualTo(new GitHubEvent.Ping(null));
	}

	@Test
	void asWhenOtherEventReadsActionAndRepository() {
		assertThat(event("star", (payload) -> {
		})).isEqualTo(new GitHubEvent.Other("created", APP));
		assertThat(event("star", (payload) -> payload.remove("action"))).isEqualTo(new GitHubEvent.Other(null, APP));
	}

	@Test
	void asWhenPushDeletesDerivesItFromZeros() {
		assertThat(push((payload) -> {
			payload.put("after", ZEROS).remove("deleted");
			payload.putNull("head_commit");
		})).isEqualTo(new GitHubEvent.Push("refs/heads/main", ZEROS, true, null, APP));
		assertThat(push((payload) -> payload.put("after", ZEROS)).deleted()).isTrue();
		assertThat(push((payload) -> payload.put("deleted", true)).deleted()).isTrue();
		assertThat(push((payload) -> payload.remove("deleted")).deleted()).isFalse();
	}

	@Test
	void asWhenArchivedMissingIsFalse() {
		assertThat(event("star", (payload) -> repository(payload).remove("archived")).repository()).contains(APP);
		assertThat(event("star", (payload) -> repository(payload).put("archived", true)).repository()
			.orElseThrow()
			.archived()).isTrue();
	}

	@Test
	void asWhenTextIsHostileKeepsItAsText() {
		String hostile = "v{{=1}}\u0000$(id)" + "x".repeat(4000);
		GitHubEvent event = event("release",
				(payload) -> ((ObjectNode) payload.get("release")).put("tag_name", hostile));
		assertThat(((GitHubEvent.Release) event).tagName()).isEqualTo(hostile);
	}

	@Test
	void parseWhenStringIsHugeReadsIt() {
		GitHubEvent event = event("release",
				(payload) -> ((ObjectNode) payload.get("release")).put("body", "x".repeat(24_000_000)));
		assertThat(event.repository()).contains(APP);
	}

	static Stream<Arguments> wrongShapes() {
		return Stream.of(wrong("release", "action", (payload) -> payload.remove("action")),
				wrong("release", "action", (payload) -> payload.put("action", 1)),
				wrong("release", "release", (payload) -> payload.remove("release")),
				wrong("release", "release", (payload) -> payload.put("release", "v1")),
				wrong("release", "release.tag_name", (payload) -> release(payload).put("tag_name", "")),
				wrong("release", "release.tag_name", (payload) -> release(payload).putNull("tag_name")),
				wrong("release", "release.draft", (payload) -> release(payload).put("draft", "false")),
				wrong("release", "release.prerelease", (payload) -> release(payload).remove("prerelease")),
				wrong("release", "repository", (payload) -> payload.remove("repository")),
				wrong("release", "repository.id", (payload) -> repository(payload).remove("id")),
				wrong("release", "repository.id", (payload) -> repository(payload).put("id", "123456")),
				wrong("release", "repository.id", (payload) -> repository(payload).put("id", 0)),
				wrong("release", "repository.id", (payload) -> repository(payload).put("id", -7)),
				wrong("release", "repository.id", (payload) -> repository(payload).put("id", 1.5)),
				wrong("release", "repository.id",
						(payload) -> repository(payload).put("id", new java.math.BigInteger("9223372036854775808"))),
				wrong("release", "repository.full_name", (payload) -> repository(payload).put("full_name", "app")),
				wrong("release", "repository.full_name", (payload) -> repository(payload).put("full_name", "a/../b")),
				wrong("release", "repository.default_branch",
						(payload) -> repository(payload).put("default_branch", "x".repeat(256))),
				wrong("release", "repository.default_branch",
						(payload) -> repository(payload).put("default_branch", "ma\u0000in")),
				wrong("release", "repository.archived", (payload) -> repository(payload).put("archived", "no")),
				wrong("push", "ref", (payload) -> payload.remove("ref")),
				wrong("push", "after", (payload) -> payload.put("after", "main")),
				wrong("push", "after", (payload) -> payload.put("after", "A".repeat(40))),
				wrong("push", "deleted", (payload) -> payload.put("deleted", 0)),
				wrong("push", "head_commit", (payload) -> payload.put("head_commit", "x")),
				wrong("push", "head_commit.message",
						(payload) -> ((ObjectNode) payload.get("head_commit")).put("message", 1)),
				wrong("star", "action", (payload) -> payload.put("action", true)),
				wrong("star", "repository", (payload) -> payload.put("repository", "acme/app")),
				wrong("star", "repository.id", (payload) -> repository(payload).remove("id")),
				wrong("ping", "repository.full_name", (payload) -> repository(payload).remove("full_name")));
	}

	@ParameterizedTest
	@MethodSource("wrongShapes")
	void asWhenShapeIsWrongNamesThePath(String event, String path, Consumer<ObjectNode> change) {
		assertThatExceptionOfType(WrongShape.class).isThrownBy(() -> event(event, change))
			.satisfies((ex) -> assertThat(ex.path()).isEqualTo(path))
			.withMessageStartingWith(path + ": found ")
			.withMessageContaining("expected ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "\"push\"", "1", "null", "true" })
	void asWhenRootIsNoObjectRefuses(String json) {
		assertThatExceptionOfType(WrongShape.class).isThrownBy(() -> Payload.parse(bytes(json)).as("push"))
			.withMessageStartingWith("$: found ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "{}{}", "{} x", "{}]", "{\"a\":1,}", "[1,]", "{a:1}", "{'a':1}", "NaN",
			"{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1 2}",
			"{\"a\":1,\"a\":1}", "{\"x\":[{\"y\":{\"a\":1,\"b\":2,\"a\":3}}]}", "{\"x\":\"\\q\"}",
			"{\"x\":\"\\u12g4\"}", "{\"x\":\"a\nb\"}", "{\"x\":\"unended}", "// hello\n{}", "{}/**/", "{\"x\":tru}",
			"\u00a0{}", "\ufeff{}", "{\"a\":1,\"\\u0061\":2}",
			"{\"release\":{\"tag_name\":\"v1\",\"tag_name\":\"v2\"}}" })
	void parseWhenMalformedRefuses(String json) {
		assertThatExceptionOfType(MalformedJson.class).isThrownBy(() -> Payload.parse(bytes(json)));
	}

	@Test
	void parseWhenMalformedSaysWhereButNotWhat() {
		assertThatExceptionOfType(MalformedJson.class)
			.isThrownBy(() -> Payload.parse(bytes("{\n \"hush\": hushhush\n}")))
			.withMessageContaining("line 2, column ")
			.withMessageNotContaining("hush")
			.withNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE" })
	void parseWhenAnotherCharsetRefuses(String charset) {
		assertThatExceptionOfType(MalformedJson.class)
			.isThrownBy(() -> Payload.parse("{\"action\":\"x\"}".getBytes(Charset.forName(charset))));
	}

	static Stream<byte[]> brokenUtf8() {
		return Stream.of(new byte[] { (byte) 0xc0, (byte) 0xaf }, new byte[] { (byte) 0xed, (byte) 0xa0, (byte) 0x80 },
				new byte[] { (byte) 0xff }, new byte[] { (byte) 0xe2, (byte) 0x82 },
				new byte[] { (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80 }, new byte[] { (byte) 0x80 });
	}

	@ParameterizedTest
	@MethodSource("brokenUtf8")
	void parseWhenNotUtf8SaysWhere(byte[] broken) {
		byte[] start = bytes("{\"pad\":\"" + "x".repeat(20_000));
		byte[] body = Arrays.copyOf(start, start.length + broken.length + 2);
		System.arraycopy(broken, 0, body, start.length, broken.length);
		body[body.length - 2] = '"';
		body[body.length - 1] = '}';
		assertThatExceptionOfType(MalformedJson.class).isThrownBy(() -> Payload.parse(body))
			.withMessage("The body is not UTF-8 at byte " + (start.length + 1));
	}

	@Test
	void parseWhenUtf8EndsInTheMiddleRefuses() {
		byte[] body = bytes("\"\u20ac");
		assertThatExceptionOfType(MalformedJson.class)
			.isThrownBy(() -> Payload.parse(Arrays.copyOf(body, body.length - 1)));
	}

	@Test
	void parseWhenNestedAllowsExactlyAHundredLevels() {
		assertThat(Payload.parse(bytes(nested(100))).claimedRepository()).isEmpty();
		assertThatExceptionOfType(MalformedJson.class).isThrownBy(() -> Payload.parse(bytes(nested(101))))
			.withMessageContaining("100 levels");
		assertThatExceptionOfType(MalformedJson.class).isThrownBy(() -> Payload.parse(bytes("[".repeat(5_000_000))));
	}

	@Test
	void parseWhenValuesAreUncommonButJsonTakesThem() {
		String json = "\r\n\t {\"\":1e5,\"n\":%s,\"s\":\"\\ud800 \\/ \\u0000\",\"%s\":-0.0} \n"
			.formatted("9".repeat(5000), "k".repeat(100_000));
		assertThat(Payload.parse(bytes(json)).as("anything")).isEqualTo(new GitHubEvent.Other(null, null));
	}

	@Test
	void claimedWhenShapeIsWrongStillNamesTheRepository() {
		Payload payload = Payload.parse(bytes("{\"repository\":{\"id\":7,\"full_name\":\"acme/other\"}}"));
		assertThat(payload.claimedRepository()).contains(RepositoryId.github(7));
		assertThat(payload.claimedName()).contains(RepositoryName.of("acme/other"));
		assertThat(Payload.parse(bytes("{\"repository\":{\"id\":\"7\",\"full_name\":7}}")).claimedName()).isEmpty();
		assertThat(Payload.parse(bytes("{\"repository\":{\"id\":[7]}}")).claimedRepository()).isEmpty();
	}

	private static String nested(int levels) {
		return "{\"a\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
	}

	private static Arguments wrong(String event, String path, Consumer<ObjectNode> change) {
		return Arguments.of(event, path, change);
	}

	private static ObjectNode release(ObjectNode payload) {
		return (ObjectNode) payload.get("release");
	}

	private static ObjectNode repository(ObjectNode payload) {
		return (ObjectNode) payload.get("repository");
	}

	private static GitHubEvent.Push push(Consumer<ObjectNode> change) {
		return (GitHubEvent.Push) event("push", change);
	}

	private static GitHubEvent event(String name, Consumer<ObjectNode> change) {
		try (InputStream file = PayloadTests.class.getResourceAsStream(name + ".json")) {
			ObjectNode payload = (ObjectNode) JsonMapper.builder().build().readTree(file);
			change.accept(payload);
			return Payload.parse(bytes(payload.toString())).as(name);
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
