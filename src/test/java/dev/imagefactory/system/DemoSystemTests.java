package dev.imagefactory.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Order(1)
class DemoSystemTests {

	/** The last that the demo says, or why it says no more. */
	static final Pattern END = Pattern
		.compile("Make the next release.*|The build ended .*|The demo did not get to its end.*");

	@TempDir
	private Path folder;

	/** The first time as users start it. */
	@Test
	void demoWhenRunTwiceMakesTwoReleasesOfTheTaggedCommits() {
		Path data = this.folder.resolve("data");
		Played first = play(ServiceProcess.on(data).profile("demo").jvm(), "v1.0.0");
		Played second = play(ServiceProcess.on(data).profile("demo"), "v1.1.0");
		assertThat(second.digest()).isNotEqualTo(first.digest());
		assertThat(second.commit()).isNotEqualTo(first.commit());
		Layout layout = new Layout(data.resolve("registry/demo/hello"));
		assertThat(layout.tags()).containsEntry("v1.0.0", first.digest()).containsEntry("v1.1.0", second.digest());
	}

	private static Played play(ServiceProcess.Description described, String tag) {
		try (ServiceProcess service = described.start()) {
			Path data = service.dataDirectory();
			Awaitility.await()
				.atMost(Duration.ofMinutes(3))
				.until(service::output, (output) -> END.matcher(output).find());
			assertImageIsThere(data, tag, service.output());
			assertThat(service.output()).doesNotContain("jdbc-overrides");
			Played played = Played.of(service.output());
			assertThat(played.tag()).isEqualTo(tag);
			assertImageIsOfTheTaggedCommit(data, played);
			assertServiceStillServes(service, played);
			assertThat(service.terminate()).isLessThan(Duration.ofSeconds(20));
			return played;
		}
	}

	/** Whatever the service says of itself, its promise is an image on this disk. */
	private static void assertImageIsThere(Path data, String tag, String output) {
		String end = END.matcher(output).results().map(MatchResult::group).findFirst().orElseThrow();
		Path folder = data.resolve("registry/demo/hello");
		assertThat(folder.resolve("index.json")).as(end).exists();
		assertThat(new Layout(folder).tags()).as(end).containsKey(tag);
	}

	private static void assertImageIsOfTheTaggedCommit(Path data, Played played) {
		Path repository = data.resolve("demo/hello");
		String tagged = git(repository, "rev-parse", played.tag() + "^{commit}");
		assertThat(played.commit()).isEqualTo(tagged);
		assertThat(tagged).isNotEqualTo(git(repository, "rev-parse", "main"));
		assertThat(git(repository, "cat-file", "-t", played.tag())).isEqualTo("tag");
		Layout layout = new Layout(data.resolve("registry/demo/hello"));
		assertThat(layout.file(played.digest(), "hello.txt").strip())
			.isEqualTo(git(repository, "show", tagged + ":hello.txt"));
	}

	private static void assertServiceStillServes(ServiceProcess service, Played played) {
		JsonNode build = service.api().get("/api/v1/builds/" + played.build()).json();
		assertThat(build.path("state").asText()).isEqualTo("SUCCEEDED");
		assertThat(build.path("digest").asText()).isEqualTo(played.digest());
	}

	private static String git(Path repository, String... arguments) {
		String[] command = new String[arguments.length + 3];
		command[0] = "git";
		command[1] = "-C";
		command[2] = repository.toString();
		System.arraycopy(arguments, 0, command, 3, arguments.length);
		return GitProject.Tools.run(repository, java.util.List.of(command)).strip();
	}

	/**
	 * What the demo printed at its end.
	 *
	 * @param facts the printed values by name
	 */
	private record Played(Map<String, String> facts) {

		static Played of(String output) {
			Map<String, String> facts = new java.util.LinkedHashMap<>();
			Matcher lines = Pattern.compile("(?m)^  (repository|commit|image|tag|digest|OCI layout) +(\\S+)$")
				.matcher(output);
			while (lines.find()) {
				facts.put(lines.group(1), lines.group(2));
			}
			Matcher page = Pattern.compile("/builds/(build-\\S+)").matcher(output);
			assertThat(page.find()).as(output).isTrue();
			facts.put("build", page.group(1));
			assertThat(facts).as(output).containsKeys("repository", "commit", "image", "tag", "digest", "OCI layout");
			return new Played(facts);
		}

		String tag() {
			return this.facts.getOrDefault("tag", "");
		}

		String digest() {
			return this.facts.getOrDefault("digest", "");
		}

		String commit() {
			return this.facts.getOrDefault("commit", "");
		}

		String build() {
			return this.facts.getOrDefault("build", "");
		}

	}

}
