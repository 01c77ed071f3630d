package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.git.RawTree;
import dev.imagefactory.git.SampleRepository;
import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import dev.imagefactory.source.CommitSha;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The script of the clone step, run by a real git against a real repository. */
class CloneScriptTests extends CloneStage {

	@ParameterizedTest
	@EnumSource
	void cloneWhenCommitIsNoTipFetchesItsFilesAndNothingElse(Tools tools) throws IOException {
		CommitSha first = this.sample.file("a/b.txt", "1")
			.executable("run.sh", "#!/bin/sh\n")
			.link("l", "a")
			.commit("1");
		this.sample.file("a/b.txt", "2").commit("2");
		Result result = cloned(first, tools, Map.of());
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(files()).containsExactlyInAnyOrder("Dockerfile", "a", "a/b.txt", "l", "run.sh");
		assertThat(source().resolve("a/b.txt")).hasContent("1");
		assertThat(source().resolve("run.sh")).isExecutable();
		assertThat(source().resolve("l")).isSymbolicLink();
		assertThat(output("commit")).containsExactly(first.value());
		assertThat(output("committed-at")).containsExactly("2025-01-01T12:00:01Z");
	}

	@Test
	void cloneWhenServerGivesOnlyTipsFindsAnOlderCommitBehindTheRef() throws IOException {
		CommitSha first = this.sample.file("a", "1").commit("1");
		CommitSha second = this.sample.file("a", "2").commit("2");
		this.sample.file("a", "3").commit("3");
		try (GitHttpServer server = GitHttpServer.tipsOnly(this.folder.resolve("repositories"))) {
			assertThat(script(server, first).with("REF", "refs/heads/main").run().exitCode()).isZero();
			assertThat(source().resolve("a")).hasContent("1");
			assertThat(script(server, second).with("REF", "").run().exitCode()).isEqualTo(31);
			assertThat(script(server, second).with("REF", "refs/heads/gone").run().exitCode()).isEqualTo(31);
			assertThat(script(server, ABSENT).with("REF", "refs/heads/main").run().exitCode()).isEqualTo(31);
		}
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenCommitIsAbsentSaysSo(Tools tools) throws IOException {
		this.sample.commit("1");
		Result result = cloned(ABSENT, tools, Map.of());
		assertThat(result.exitCode()).isEqualTo(31);
		assertThat(result.said()).contains("image-factory: The repository does not have the commit " + ABSENT.value());
		assertThat(output("commit")).isEmpty();
	}

	@Test
	void cloneWhenRepositoryCannotBeReadIsTriedAgain() throws IOException {
		CommitSha first = this.sample.commit("1");
		StepScript script;
		try (GitHttpServer server = GitHttpServer.open(this.folder.resolve("repositories"))) {
			script = script(server, first);
			Result absent = script.with("CLONE_URL", server.url("other.git")).run();
			assertThat(absent.exitCode()).as(absent.said()).isEqualTo(1);
			assertThat(script.with("CLONE_URL", server.url("app.git")).run().exitCode()).isZero();
		}
		Result down = script.run();
		assertThat(down.exitCode()).isEqualTo(1);
		assertThat(down.said()).contains("could not be read");
		assertThat(files()).as("what the try before left").doesNotContain("Dockerfile");
	}

	@Test
	void cloneWhenProtocolIsNotEncryptedRefuses() throws IOException {
		CommitSha first = this.sample.commit("1");
		try (GitHttpServer server = GitHttpServer.open(this.folder.resolve("repositories"))) {
			Result result = script(server, first).with("GIT_ALLOW_PROTOCOL", "https").run();
			assertThat(result.exitCode()).isEqualTo(1);
			assertThat(result.said()).contains("transport 'http' not allowed");
			assertThat(server.requests()).isEmpty();
		}
	}

	@Test
	void cloneWhenRepositoryIsPrivateSendsTheTokenAndLeavesItNowhere() throws IOException {
		CommitSha first = this.sample.commit("1");
		Path credentials = this.folder.resolve("authorization");
		try (GitHttpServer server = GitHttpServer.closed(this.folder.resolve("repositories"), "x", "s3cret")) {
			assertThat(script(server, first).run().exitCode()).isEqualTo(1);
			Files.writeString(credentials, "Basic eDpzM2NyZXQ=\n");
			Result result = script(server, first).with("CREDENTIALS", credentials).run();
			assertThat(result.exitCode()).as(result.said()).isZero();
			assertThat(result.said()).doesNotContain("eDpzM2NyZXQ");
		}
		assertThat(hiding("eDpzM2NyZXQ", credentials)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenThereIsACertificateTrustsItBesideTheSystems(Tools tools) throws IOException {
		CommitSha first = this.sample.commit("1");
		Path system = Files.writeString(this.folder.resolve("system"), "the system's\n");
		Path ours = Files.createDirectories(this.folder.resolve("ca")).resolve("ca.crt");
		Files.writeString(ours, "ours\n");
		assertThat(
				cloned(first, tools, Map.of("CA_FOLDER", ours.getParent().toString(), "SYSTEM_CA", system.toString()))
					.exitCode())
			.isZero();
		assertThat(this.folder.resolve("home/ca.crt")).hasContent("the system's\nours\n");
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenFilesAreLargerThanAllowedWritesNone(Tools tools) throws IOException {
		CommitSha first = this.sample.file("zeros", new byte[2_000_000]).commit("1");
		Result result = cloned(first, tools, Map.of("MAX_SOURCE_BYTES", "1999999"));
		assertThat(result.exitCode()).isEqualTo(32);
		assertThat(result.said()).contains("2000013 bytes, and 1999999 are allowed");
		assertThat(files()).doesNotContain("zeros");
		assertThat(cloned(first, tools, Map.of("MAX_SOURCE_BYTES", "2000013")).exitCode()).isZero();
	}

	@Test
	void cloneWhenTreeRepeatsItselfEndlesslyStopsCounting() throws IOException {
		String[] names = IntStream.range(0, 1000).mapToObj("n%03d"::formatted).toArray(String[]::new);
		ObjectId module = ObjectId.fromString(ABSENT.value());
		ObjectId thousand = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_COMMIT, module, names));
		ObjectId million = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_TREE, thousand, names));
		ObjectId milliard = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_TREE, million, names));
		CommitSha bomb = this.sample.commitRawTree("bomb", RawTree.of(Constants.OBJ_TREE, milliard, "x"));
		Result result = cloned(bomb, Tools.SYSTEM, Map.of());
		assertThat(result.exitCode()).isEqualTo(32);
		assertThat(result.said()).contains("more than 1000000 files and folders");
	}

	@Test
	void cloneWhenPathLeavesTheTreeWritesNothing() throws IOException {
		ObjectId blob = this.sample.insert(Constants.OBJ_BLOB, "x".getBytes(StandardCharsets.UTF_8));
		ObjectId inner = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_BLOB, blob, "escaped"));
		for (String name : new String[] { "..", ".git", ".", "a/../../b" }) {
			CommitSha bad = this.sample.commitRawTree("bad", RawTree.of(Constants.OBJ_TREE, inner, name));
			Result result = cloned(bad, Tools.SYSTEM, Map.of());
			assertThat(result.exitCode()).as(name + ": " + result.said()).isEqualTo(31);
			assertThat(escaped()).as(name).isEmpty();
		}
	}

	@Test
	void cloneWhenTreeHasALinkAndAFolderOfOneNameWritesNothingThroughIt() throws IOException {
		ObjectId link = this.sample.insert(Constants.OBJ_BLOB, this.folder.toString().getBytes(StandardCharsets.UTF_8));
		ObjectId blob = this.sample.insert(Constants.OBJ_BLOB, "x".getBytes(StandardCharsets.UTF_8));
		ObjectId inner = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_BLOB, blob, "escaped"));
		CommitSha bad = this.sample.commitRawTree("bad", RawTree.linkAndFolder("a", link, inner));
		assertThat(cloned(bad, Tools.SYSTEM, Map.of()).exitCode()).isNotZero();
		assertThat(this.folder.resolve("escaped")).doesNotExist();
	}

	@ParameterizedTest
	@CsvSource({ "no,33", "folder,33", "folder/no,33", "Dockerfile/x,33", "../Dockerfile,34", "/etc/passwd,34",
			"folder/../../x,34", "out,34", "way-out/passwd,34", "in,0", "folder/../Dockerfile,0", "dangling,33",
			"loop,33" })
	void cloneWhenDockerfileIsNotInTheTreeSaysWhy(String path, int code) throws IOException {
		CommitSha first = tricky();
		Result result = cloned(first, Tools.SYSTEM, Map.of("DOCKERFILE", path));
		assertThat(result.exitCode()).as(result.said()).isEqualTo(code);
		Result same = cloned(first, Tools.BUSYBOX, Map.of("DOCKERFILE", path));
		assertThat(same.exitCode()).as(same.said()).isEqualTo(code);
	}

	@ParameterizedTest
	@CsvSource({ "no,35", "Dockerfile,35", "..,34", "/etc,34", "folder/../..,34", "way-out,34", "folder,0", "folder/,0",
			"'',0", ".,0", "way-in,0", "loop,35", "' ',35", "-rf,35", "'$(id)',35", "'a b',0" })
	void cloneWhenContextIsNotInTheTreeSaysWhy(String path, int code) throws IOException {
		CommitSha first = tricky();
		Result result = cloned(first, Tools.SYSTEM, Map.of("BUILD_CONTEXT", path));
		assertThat(result.exitCode()).as(result.said()).isEqualTo(code);
		Result same = cloned(first, Tools.BUSYBOX, Map.of("BUILD_CONTEXT", path));
		assertThat(same.exitCode()).as(same.said()).isEqualTo(code);
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenNamesAreHostileTakesThemForNames(Tools tools) throws IOException {
		Path touched = this.folder.resolve("touched");
		List<String> names = List.of("-rf", "a\nb", "$(touch " + touched.getFileName() + ")", "`id`", "* ?", "é", "\"'",
				"-name", "{{workflow.name}}", "\\n");
		names.forEach((name) -> this.sample.file(name, name).file("folder/" + name + "/x", name));
		CommitSha first = this.sample.commit("1");
		Result result = cloned(first, tools, Map.of("REF", "refs/tags/v1$(touch x);`id`|x\"'"));
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(files()).containsAll(names).hasSize(2 + 3 * names.size());
		assertThat(escaped()).isEmpty();
		assertThat(touched).doesNotExist();
	}

	@Test
	void cloneWhenRepositoryWouldRunSomethingRunsNothing() throws IOException {
		CommitSha library = repository("library").file("x", "1").commit("1");
		CommitSha first = this.sample.file(".gitattributes", "* filter=evil diff=evil\n")
			.file(".gitmodules", "[submodule \"m\"]\n\tpath = m\n\turl = ../library.git\n\tupdate = !touch evil\n")
			.submodule("m", library)
			.file(".lfsconfig", "[lfs]\n\turl = http://127.0.0.1:1/\n")
			.executable(".githooks/post-checkout", "#!/bin/sh\ntouch evil\n")
			.commit("1");
		Result result = cloned(first, Tools.SYSTEM, Map.of());
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(source().resolve("m")).isEmptyDirectory();
		assertThat(files()).doesNotContain("evil", "m/evil");
	}

	/**
	 * A claim's folder is root's, and the clone is not root; here it is the other way
	 * round.
	 */
	@Test
	void cloneWhenTheFolderBelongsToSomebodyElseIsDoneAllTheSame() throws IOException {
		CommitSha first = this.sample.file("a", "1").commit("1");
		Files.createDirectories(source());
		assumeTrue(System.getProperty("user.name").equals("root"), "Skipped: only root can give a folder away");
		Files.setAttribute(source(), "unix:uid", 65532);
		Result result = cloned(first, Tools.SYSTEM, Map.of());
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(output("commit")).containsExactly(first.value());
	}

	@ParameterizedTest
	@EnumSource
	void cloneWhenFolderPassesItsGroupOnLeavesNoTraceOfItInTheTree(Tools tools) throws IOException {
		CommitSha first = this.sample.file("a/b/c", "1").commit("1");
		Files.createDirectories(source());
		Process chmod = new ProcessBuilder("chmod", "2775", source().toString()).inheritIO().start();
		assertThat(chmod.onExit().join().exitValue()).isZero();
		assertThat(cloned(first, tools, Map.of()).exitCode()).isZero();
		int mode = (Integer) Files.getAttribute(source().resolve("a/b"), "unix:mode");
		assertThat(Integer.toOctalString(mode & 07777)).isEqualTo("755");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(source().resolve("a/b/c"))))
			.isEqualTo("rw-r--r--");
	}

	/** Files, folders and links that lead somewhere else than their names say. */
	private CommitSha tricky() {
		return this.sample.file("folder/Dockerfile", "FROM scratch\n")
			.file("a b/x", "1")
			.link("out", "/etc/passwd")
			.link("way-out", "/etc")
			.link("in", "folder/Dockerfile")
			.link("way-in", "folder")
			.link("dangling", "nowhere")
			.link("loop", "loop")
			.commit("1");
	}

	private List<Path> escaped() throws IOException {
		try (Stream<Path> files = Files.walk(this.folder)) {
			return files.filter((file) -> !file.startsWith(source()))
				.filter((file) -> List.of("escaped", "touched", "x").contains(file.getFileName().toString()))
				.toList();
		}
	}

}
