package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import dev.imagefactory.source.CommitSha;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The clone step with large files, run by a real git-lfs against a server of ours. */
class CloneLargeFilesTests extends CloneStage {

	private static final byte[] LARGE = "large".repeat(1000).getBytes(StandardCharsets.UTF_8);

	private static final String TOKEN = "Basic eDpzM2NyZXQ=";

	private final LargeFiles large = new LargeFiles();

	private GitHttpServer own;

	private GitHttpServer other;

	@BeforeEach
	void openServers() throws IOException {
		Path repositories = this.folder.resolve("repositories");
		this.own = GitHttpServer.closed(repositories, "x", "s3cret");
		this.other = GitHttpServer.open(repositories);
		this.large.of(this.own, "app.git");
		this.sample.file(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
	}

	@AfterEach
	void closeServers() {
		this.own.close();
		this.other.close();
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenNotAskedForLeavesThePointerAndAsksForNothing(Tools tools) throws IOException {
		CommitSha first = this.sample.file("a.bin", this.large.keep(LARGE)).commit("1");
		Result result = run(first, tools, "false");
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(source().resolve("a.bin")).hasContent(LargeFiles.pointer(LARGE));
		assertThat(this.large.asked).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenAskedForFetchesThemWithTheTokenAndLeavesItNowhere(Tools tools) throws IOException {
		CommitSha first = this.sample.file("a.bin", this.large.keep(LARGE))
			.file("b c/é\n.bin", this.large.keep(new byte[100_000]))
			.file("same.bin", this.large.keep(LARGE))
			.commit("1");
		Result result = fetched(first, tools);
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(source().resolve("a.bin")).hasBinaryContent(LARGE);
		assertThat(source().resolve("same.bin")).hasBinaryContent(LARGE);
		assertThat(source().resolve("b c/é\n.bin")).hasBinaryContent(new byte[100_000]);
		assertThat(files()).doesNotContain(".git");
		assertThat(hiding("eDpzM2NyZXQ", credentials())).isEmpty();
	}

	@Test
	void cloneWhenTheServerDoesNotHaveThemSaysSo() throws IOException {
		CommitSha first = this.sample.file("a.bin", LargeFiles.pointer(LARGE)).commit("1");
		Result result = fetched(first, Tools.SYSTEM);
		assertThat(result.exitCode()).as(result.said()).isEqualTo(36);
		assertThat(result.said()).contains("image-factory: The server does not have a large file");
		assertThat(output("commit")).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenTheyAreLargerThanAllowedAsksForNone(Tools tools) throws IOException {
		needsLargeFiles();
		String all = "10000000";
		CommitSha first = this.sample.file("a.bin", this.large.keep(new byte[6_000_000]))
			.file("b.bin", LargeFiles.pointer("1".repeat(64), 4_000_001))
			.commit("1");
		Result result = script(this.own, first, tools).with("CREDENTIALS", credentials())
			.with("LFS", "true")
			.with("MAX_SOURCE_BYTES", all)
			.run();
		assertThat(result.exitCode()).as(result.said()).isEqualTo(32);
		assertThat(result.said()).contains("10000001 bytes, and 10000000 are allowed");
		assertThat(this.large.asked).isEmpty();
	}

	@Test
	void cloneWhenAPointerSaysNoSizeThatThereIsAsksForNone() throws IOException {
		needsLargeFiles();
		CommitSha first = this.sample
			.file("a.bin", LargeFiles.pointer("1".repeat(64), 1).replace("size 1", "size 9" + "0".repeat(30)))
			.commit("1");
		assertThat(fetched(first, Tools.SYSTEM).exitCode()).isEqualTo(32);
		assertThat(fetched(first, Tools.BUSYBOX).exitCode()).isEqualTo(32);
		assertThat(this.large.asked).isEmpty();
	}

	@Test
	void cloneWhenTheServerGivesSomethingElseTakesItNot() throws IOException {
		CommitSha first = this.sample.file("a.bin", this.large.keep(LARGE)).commit("1");
		this.large.spoil(LARGE, "something else".getBytes(StandardCharsets.UTF_8));
		Result result = fetched(first, Tools.SYSTEM);
		assertThat(result.exitCode()).as(result.said()).isEqualTo(1);
		assertThat(result.said()).contains("The large files could not be read");
	}

	@Test
	void cloneWhenTheServerRefusesIsTriedAgain() throws IOException {
		CommitSha first = this.sample.file("a.bin", this.large.keep(LARGE)).commit("1");
		this.own.serve("/app.git/info/lfs/objects", (exchange) -> exchange.sendResponseHeaders(403, -1));
		Result result = fetched(first, Tools.SYSTEM);
		assertThat(result.exitCode()).as(result.said()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "url = %slibrary.git", "fetchexclude = *", "fetchinclude = nothing",
			"skipdownloaderrors = true", "url = ext::sh -c touch%% evil",
			"standalonetransferagent = evil\n[lfs \"customtransfer.evil\"]\n\tpath = touch\n\targs = evil" })
	void cloneWhenTheRepositoryHasAnLfsconfigGoesItsOwnWay(String line) throws IOException {
		String config = "[lfs]\n\t%1$s\n[remote \"origin\"]\n\tlfsurl = %2$slibrary.git\n"
			.formatted(line.formatted(this.other.url("")), this.other.url(""));
		CommitSha first = this.sample.file(".lfsconfig", config).file("a.bin", this.large.keep(LARGE)).commit("1");
		Result result = fetched(first, Tools.SYSTEM);
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(source().resolve("a.bin")).hasBinaryContent(LARGE);
		assertThat(this.other.requests()).isEmpty();
		assertThat(files()).doesNotContain("evil");
	}

	@Test
	void cloneWhenTheRepositoryWouldForgiveMissingOnesDoesNot() throws IOException {
		CommitSha first = this.sample.file(".lfsconfig", "[lfs]\n\tskipdownloaderrors = true\n\tfetchexclude = *\n")
			.file("a.bin", LargeFiles.pointer(LARGE))
			.commit("1");
		assertThat(fetched(first, Tools.SYSTEM).exitCode()).isEqualTo(36);
	}

	@Test
	void cloneWhenTheyAreOnAnotherServerAsksItWithoutTheToken() throws IOException {
		CommitSha first = this.sample.file("a.bin", this.large.keep(LARGE)).commit("1");
		this.large.downloadsFrom(this.other);
		Result result = fetched(first, Tools.SYSTEM);
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(source().resolve("a.bin")).hasBinaryContent(LARGE);
		assertThat(this.other.requests()).containsExactly("GET /large-files/" + LargeFiles.hash(LARGE));
		assertThat(this.other.authorized()).isEmpty();
	}

	@Test
	void cloneWhenTheServerPointsElsewhereTakesNoTokenThere() throws IOException {
		CommitSha first = this.sample.file("a.bin", this.large.keep(LARGE)).commit("1");
		this.own.redirect("/app.git/info/lfs/objects", this.other);
		assertThat(fetched(first, Tools.SYSTEM).exitCode()).isEqualTo(1);
		assertThat(this.other.authorized()).isEmpty();
	}

	@Test
	void cloneWhenASubmoduleHasThemFetchesItsOwn() throws IOException {
		this.large.of(this.own, "library.git");
		byte[] its = "its".repeat(500).getBytes(StandardCharsets.UTF_8);
		CommitSha library = repository("library").file(".gitattributes", "*.bin filter=lfs\n")
			.file("x.bin", this.large.keep(its))
			.file(".lfsconfig", "[lfs]\n\turl = " + this.other.url("library.git") + "\n")
			.commit("1");
		CommitSha first = this.sample.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n")
			.submodule("m", library)
			.file("a.bin", this.large.keep(LARGE))
			.commit("1");
		needsLargeFiles();
		Result result = script(this.own, first).with("CREDENTIALS", credentials())
			.with("LFS", "true")
			.with("SUBMODULES", "true")
			.run();
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(source().resolve("m/x.bin")).hasBinaryContent(its);
		assertThat(source().resolve("a.bin")).hasBinaryContent(LARGE);
		assertThat(this.large.asked).containsExactlyInAnyOrder("app.git " + LargeFiles.hash(LARGE),
				"library.git " + LargeFiles.hash(its));
		assertThat(this.other.requests()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenTheImageHasNoProgramForThemSaysSo(Tools tools) throws IOException {
		CommitSha first = this.sample.file("a.bin", this.large.keep(LARGE)).commit("1");
		script(this.own, first, tools).program("git-lfs", "exit 127\n");
		Result result = run(first, tools, "true");
		assertThat(result.exitCode()).as(result.said()).isEqualTo(37);
		assertThat(result.said()).contains("image-factory: This image has no git-lfs");
	}

	private Result fetched(CommitSha commit, Tools tools) throws IOException {
		needsLargeFiles();
		return run(commit, tools, "true");
	}

	private Result run(CommitSha commit, Tools tools, String asked) throws IOException {
		return script(this.own, commit, tools).with("CREDENTIALS", credentials()).with("LFS", asked).run();
	}

	private Path credentials() throws IOException {
		return Files.writeString(this.folder.resolve("authorization"), TOKEN + "\n");
	}

	private static void needsLargeFiles() {
		assumeTrue(Tools.SYSTEM.find("git-lfs"), "git-lfs is not here: apt-get install git-lfs");
	}

}
