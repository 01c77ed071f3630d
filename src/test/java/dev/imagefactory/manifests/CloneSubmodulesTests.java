package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import dev.imagefactory.source.CommitSha;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The clone step with submodules, which come from the repository's own server only. */
class CloneSubmodulesTests extends CloneStage {

	@ParameterizedTest
	@EnumSource
	void cloneWhenSubmodulesAreAskedForFetchesThoseOfTheSameServer(Tools tools) throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		CommitSha first = this.sample.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n")
			.submodule("m", library)
			.commit("1");
		Result result = cloned(first, tools, Map.of("SUBMODULES", "true"));
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(files()).containsExactlyInAnyOrder("Dockerfile", ".gitmodules", "m", "m/x");
	}

	@Test
	void cloneWhenSubmoduleIsOfAnotherServerAsksItNothing() throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		try (GitHttpServer other = GitHttpServer.open(this.folder.resolve("repositories"))) {
			CommitSha first = this.sample
				.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = " + other.url("library.git") + "\n")
				.submodule("m", library)
				.commit("1");
			Result result = cloned(first, Tools.SYSTEM, Map.of("SUBMODULES", "true"));
			assertThat(result.exitCode()).isNotZero();
			assertThat(result.said()).contains("another-server");
			assertThat(other.requests()).isEmpty();
		}
	}

	@Test
	void cloneWhenSubmoduleIsPrivateTooSendsItTheTokenAndLeavesItNowhere() throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		CommitSha first = this.sample.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n")
			.submodule("m", library)
			.commit("1");
		Path credentials = Files.writeString(this.folder.resolve("authorization"), "Basic eDpzM2NyZXQ=\n");
		try (GitHttpServer server = GitHttpServer.closed(this.folder.resolve("repositories"), "x", "s3cret")) {
			Result result = script(server, first).with("CREDENTIALS", credentials).with("SUBMODULES", "true").run();
			assertThat(result.exitCode()).as(result.said()).isZero();
		}
		assertThat(source().resolve("m/x")).hasContent("1");
		assertThat(hiding("eDpzM2NyZXQ", credentials)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "file://%2$s/repositories/library.git", "%2$s/repositories/library.git",
			"ext::sh -c touch%% %2$s/evil", "--upload-pack=touch %2$s/evil", "-u%2$s/evil", "HTTP://%1$s/library.git",
			"http://x@%1$s/library.git", "git@%1$s:library.git", "ssh://-oProxyCommand=touch%%20%2$s/evil/x",
			"//%1$s/library.git", "../../library.git" })
	void cloneWhenSubmoduleHasAHostileAddressRunsNothingAndAsksNobody(String url) throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		Path credentials = Files.writeString(this.folder.resolve("authorization"), "Basic eDpzM2NyZXQ=\n");
		try (GitHttpServer other = GitHttpServer.open(this.folder.resolve("repositories"));
				GitHttpServer own = GitHttpServer.closed(this.folder.resolve("repositories"), "x", "s3cret")) {
			String hostile = url.formatted(other.url("").getAuthority(), this.folder);
			CommitSha first = this.sample
				.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = " + hostile + "\n\tupdate = checkout\n")
				.submodule("m", library)
				.commit("1");
			Result result = script(own, first).with("CREDENTIALS", credentials).with("SUBMODULES", "true").run();
			assertThat(result.exitCode()).as(result.said()).isEqualTo(38);
			assertThat(other.requests()).isEmpty();
			assertThat(this.folder.resolve("evil")).doesNotExist();
			assertThat(output("commit")).isEmpty();
		}
	}

	@Test
	void cloneWhenSubmoduleWouldRunACommandRunsNothing() throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		CommitSha first = this.sample
			.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n\tupdate = !touch evil\n")
			.submodule("m", library)
			.commit("1");
		Result result = cloned(first, Tools.SYSTEM, Map.of("SUBMODULES", "true"));
		assertThat(result.exitCode()).as(result.said()).isEqualTo(38);
		assertThat(files()).doesNotContain("evil", "m/evil");
	}

	@Test
	void cloneWhenSubmoduleIsNamedLikeAWayOutWritesNothingThere() throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		for (String name : new String[] { "../../evil", "a/../../../evil" }) {
			CommitSha first = this.sample
				.file(".gitmodules", "[submodule \"" + name + "\"]\n\tpath = m\n\turl = ../library.git\n")
				.submodule("m", library)
				.commit("1");
			Result result = cloned(first, Tools.SYSTEM, Map.of("SUBMODULES", "true"));
			assertThat(result.exitCode()).as(name + ": " + result.said()).isEqualTo(38);
			assertThat(this.folder.resolve("ws/evil")).doesNotExist();
			assertThat(this.folder.resolve("evil")).doesNotExist();
		}
	}

	@Test
	void cloneWhenSubmoduleHasNotThatCommitSaysSo() throws IOException {
		repository("library").file("x", "1").commit("1");
		CommitSha first = this.sample.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n")
			.submodule("m", ABSENT)
			.commit("1");
		Result result = cloned(first, Tools.SYSTEM, Map.of("SUBMODULES", "true"));
		assertThat(result.exitCode()).as(result.said()).isEqualTo(38);
	}

	@Test
	void cloneWhenSubmoduleCannotBeReadIsTriedAgain() throws IOException {
		CommitSha first = this.sample.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../gone.git\n")
			.submodule("m", ABSENT)
			.commit("1");
		Result result = cloned(first, Tools.SYSTEM, Map.of("SUBMODULES", "true"));
		assertThat(result.exitCode()).as(result.said()).isEqualTo(1);
		assertThat(result.said()).contains("A submodule could not be read");
	}

	@Test
	void cloneWhenSubmoduleMakesItTooLargeSaysSo() throws IOException {
		CommitSha library = repository("library").file("x", new byte[2_000_000]).commit("1");
		CommitSha first = this.sample.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n")
			.submodule("m", library)
			.commit("1");
		Map<String, String> values = Map.of("SUBMODULES", "true", "MAX_SOURCE_BYTES", "1000000");
		assertThat(cloned(first, Tools.SYSTEM, values).exitCode()).isEqualTo(32);
	}

	@ParameterizedTest
	@ValueSource(strings = { "app", "library" })
	void cloneWhenTheServerPointsElsewhereTakesNoTokenThere(String moved) throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		CommitSha first = this.sample.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n")
			.submodule("m", library)
			.commit("1");
		Path credentials = Files.writeString(this.folder.resolve("authorization"), "Basic eDpzM2NyZXQ=\n");
		try (GitHttpServer other = GitHttpServer.open(this.folder.resolve("repositories"));
				GitHttpServer own = GitHttpServer.closed(this.folder.resolve("repositories"), "x", "s3cret")) {
			own.redirect("/" + moved + ".git", other);
			Result result = script(own, first).with("CREDENTIALS", credentials).with("SUBMODULES", "true").run();
			assertThat(other.authorized()).isEmpty();
			assertThat(other.requests()).isEmpty();
			assertThat(result.exitCode()).as(result.said()).isEqualTo(1);
			assertThat(result.said()).contains("points to another address");
		}
	}

}
