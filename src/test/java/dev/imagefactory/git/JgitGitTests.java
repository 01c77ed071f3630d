package dev.imagefactory.git;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The same stories over the file system, smart HTTP, and smart HTTP that serves tips
 * only.
 */
class JgitGitTests {

	private static final long LIMIT = 1_000_000;

	private static final CommitSha ABSENT = CommitSha.of("0123456789012345678901234567890123456789");

	@TempDir
	Path folder;

	private final Git git = SampleRepository.client();

	private SampleRepository sample;

	private GitHttpServer server;

	private GitHttpServer tipsServer;

	@BeforeEach
	void serve() throws IOException {
		Path root = Files.createDirectory(this.folder.resolve("srv"));
		this.sample = SampleRepository.in(root.resolve("app.git"));
		this.server = GitHttpServer.open(root);
		this.tipsServer = GitHttpServer.tipsOnly(root);
	}

	@AfterEach
	void stop() {
		this.server.close();
		this.tipsServer.close();
	}

	@ParameterizedTest
	@EnumSource
	void resolveWhenTagIsLightweightGivesItsCommit(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		this.sample.tag("v1", first).file("a", "2").commit("second");
		assertThat(this.git.resolve(remote(way), GitRef.tag("v1"))).contains(first);
	}

	@ParameterizedTest
	@EnumSource
	void resolveWhenTagIsAnnotatedGivesTheCommitBehindIt(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		this.sample.annotatedTag("v1", first);
		this.sample.file("a", "2").commit("second");
		assertThat(this.git.resolve(remote(way), GitRef.tag("v1"))).contains(first);
	}

	@ParameterizedTest
	@EnumSource
	void resolveWhenTagIsNestedGivesTheCommitBehindAll(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		ObjectId inner = this.sample.annotatedTag("inner", first);
		ObjectId middle = this.sample.annotatedTag("middle", inner, Constants.OBJ_TAG);
		this.sample.annotatedTag("outer", middle, Constants.OBJ_TAG);
		assertThat(this.git.resolve(remote(way), GitRef.tag("outer"))).contains(first);
	}

	@ParameterizedTest
	@EnumSource
	void resolveWhenTagLeadsToNoCommitIsEmpty(Way way) {
		this.sample.file("a", "1").commit("first");
		ObjectId blob = this.sample.insert(Constants.OBJ_BLOB, "key".getBytes(StandardCharsets.UTF_8));
		this.sample.tagObject("light-blob", blob);
		this.sample.tagObject("light-tree", this.sample.tree());
		this.sample.annotatedTag("blob", blob, Constants.OBJ_BLOB);
		this.sample.annotatedTag("tree", this.sample.tree(), Constants.OBJ_TREE);
		assertThat(Stream.of("light-blob", "light-tree", "blob", "tree")
			.map((tag) -> this.git.resolve(remote(way), GitRef.tag(tag)))).containsOnly(Optional.empty());
	}

	@ParameterizedTest
	@EnumSource
	void resolveWhenBranchHasTheTagsNameTellsThemApart(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		this.sample.annotatedTag("v1", first);
		CommitSha second = this.sample.branch("v1").file("a", "2").commit("second");
		this.sample.branch("only-branch");
		assertThat(this.git.resolve(remote(way), GitRef.tag("v1"))).contains(first);
		assertThat(this.git.resolve(remote(way), GitRef.branch("v1"))).contains(second);
		assertThat(this.git.resolve(remote(way), GitRef.tag("only-branch"))).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void resolveWhenRefIsMissingIsEmpty(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		this.sample.annotatedTag("v1.0", first);
		assertThat(this.git.resolve(remote(way), GitRef.tag("v1"))).isEmpty();
		assertThat(this.git.resolve(remote(way), GitRef.branch("v1.0"))).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void resolveWhenRepositoryIsEmptyIsEmpty(Way way) {
		assertThat(this.git.resolve(remote(way), GitRef.branch("main"))).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void readWhenRepositoryVanishedIsUnavailable(Way way) {
		GitRemote gone = new GitRemote(RepositoryName.of("acme/gone"), url(way, "gone.git"), null);
		assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(gone, GitRef.tag("v1")))
			.withMessageContainingAll("Cannot look up refs/tags/v1 in acme/gone at ", "gone.git",
					"check the clone URL");
		assertThatExceptionOfType(GitUnavailable.class)
			.isThrownBy(() -> this.git.checkOut(gone, ABSENT, Optional.empty(), target(), LIMIT))
			.withMessageContainingAll("Cannot check out " + ABSENT + " of acme/gone");
		assertThat(target()).isEmptyDirectory();
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenTagMovedAfterResolveGivesThePinnedCommit(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		this.sample.annotatedTag("v1", first);
		CommitSha pinned = this.git.resolve(remote(way), GitRef.tag("v1")).orElseThrow();
		this.sample.annotatedTag("v1", this.sample.file("a", "2").commit("second"));
		this.git.checkOut(remote(way), pinned, Optional.of(GitRef.tag("v1")), target(), LIMIT);
		assertThat(target().resolve("a")).hasContent("1");
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenCommitIsNoTipGivesItsTreeAndTimeAndNothingElse(Way way) {
		CommitSha first = this.sample.file("dir/a", "1").file("gone", "x").commit("first");
		this.sample.remove("gone").file("dir/a", "2").commit("second");
		Instant time = this.git.checkOut(remote(way), first, Optional.empty(), target(), LIMIT);
		assertThat(target().resolve("dir/a")).hasContent("1");
		assertThat(names(target())).containsExactlyInAnyOrder("dir", "gone");
		assertThat(names(target().getParent())).containsExactlyInAnyOrder("srv", "target");
		assertThat(time).isEqualTo(SampleRepository.START.plusSeconds(1));
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenHintIsMissingOrWrongStillFindsTheCommit(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		this.sample.file("a", "2").commit("second");
		this.sample.branch("other").file("a", "3").commit("third");
		this.git.checkOut(remote(way), first, Optional.of(GitRef.branch("missing")), target(), LIMIT);
		assertThat(target().resolve("a")).hasContent("1");
		Path again = this.folder.resolve("again");
		this.git.checkOut(remote(way), first, Optional.of(GitRef.branch("other")), again, LIMIT);
		assertThat(again.resolve("a")).hasContent("1");
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenCommitIsUnknownSaysSo(Way way) {
		this.sample.file("a", "1").commit("first");
		assertThatExceptionOfType(CommitNotFound.class)
			.isThrownBy(
					() -> this.git.checkOut(remote(way), ABSENT, Optional.of(GitRef.branch("main")), target(), LIMIT))
			.withMessageContainingAll(ABSENT.value(), "acme/app", "does not have that commit");
		assertThat(names(target().getParent())).containsExactlyInAnyOrder("srv", "target");
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenObjectIsNoCommitSaysSo(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		ObjectId tag = this.sample.annotatedTag("v1", first);
		assertThatExceptionOfType(CommitNotFound.class).isThrownBy(
				() -> this.git.checkOut(remote(way), CommitSha.of(tag.name()), Optional.empty(), target(), LIMIT));
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenTreeHasLinksModesAndSubmodulesKeepsThem(Way way) throws IOException {
		CommitSha first = this.sample.link("out", "/etc/passwd")
			.link("dir/up", "../../..")
			.executable("run.sh", "#!/bin/sh\n")
			.file("plain", "x")
			.submodule("module", ABSENT)
			.file(".gitattributes", "*.bin filter=lfs\n")
			.file("large.bin", "version https://git-lfs.github.com/spec/v1\n")
			.commit("first");
		this.git.checkOut(remote(way), first, Optional.empty(), target(), LIMIT);
		assertThat(Files.readSymbolicLink(target().resolve("out"))).isEqualTo(Path.of("/etc/passwd"));
		assertThat(Files.readSymbolicLink(target().resolve("dir/up"))).isEqualTo(Path.of("../../.."));
		assertThat(target().resolve("run.sh")).isExecutable();
		assertThat(Files.isExecutable(target().resolve("plain"))).isFalse();
		assertThat(target().resolve("module")).isEmptyDirectory();
		assertThat(target().resolve("large.bin")).hasContent("version https://git-lfs.github.com/spec/v1\n");
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenTreeIsTooLargeWritesNothing(Way way) {
		CommitSha first = this.sample.file("a", new byte[600]).file("b", new byte[401]).commit("first");
		assertThatExceptionOfType(SourceTooLarge.class)
			.isThrownBy(() -> this.git.checkOut(remote(way), first, Optional.empty(), target(), 1000))
			.withMessageContainingAll("1001 bytes", "1000 bytes are allowed", "acme/app", "max-source");
		assertThat(target()).isEmptyDirectory();
		this.git.checkOut(remote(way), first, Optional.empty(), target(), 1001);
		assertThat(target().resolve("b")).hasSize(401);
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenOneFileIsTooLargeSaysSo(Way way) {
		CommitSha first = this.sample.file("a", new byte[5000]).commit("first");
		assertThatExceptionOfType(SourceTooLarge.class)
			.isThrownBy(() -> this.git.checkOut(remote(way), first, Optional.empty(), target(), 1000))
			.withMessageContainingAll("1000 bytes are allowed");
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenTreeRepeatsItselfEndlesslyStopsCounting(Way way) {
		String[] names = IntStream.range(0, 1000).mapToObj("n%03d"::formatted).toArray(String[]::new);
		ObjectId module = ObjectId.fromString(ABSENT.value());
		ObjectId thousand = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_COMMIT, module, names));
		ObjectId million = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_TREE, thousand, names));
		ObjectId milliard = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_TREE, million, names));
		CommitSha first = this.sample.commitRawTree("bomb", RawTree.of(Constants.OBJ_TREE, milliard, "x"));
		assertThatExceptionOfType(SourceTooLarge.class)
			.isThrownBy(() -> this.git.checkOut(remote(way), first, Optional.empty(), target(), LIMIT))
			.withMessageContaining("more than 1000000 files and folders");
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenPathLeavesTheTreeRefuses(Way way) {
		ObjectId blob = this.sample.insert(Constants.OBJ_BLOB, "x".getBytes(StandardCharsets.UTF_8));
		ObjectId inner = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_BLOB, blob, "escaped"));
		for (String name : new String[] { "..", ".git", ".", "a/b" }) {
			CommitSha bad = this.sample.commitRawTree("bad", RawTree.of(Constants.OBJ_TREE, inner, name));
			assertThatExceptionOfType(CommitNotFound.class).as(name)
				.isThrownBy(() -> this.git.checkOut(remote(way), bad, Optional.empty(), target(), LIMIT))
				.withMessageContaining("must not be written");
			assertThat(target()).isEmptyDirectory();
		}
		assertThat(this.folder.resolve("escaped")).doesNotExist();
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenTreeHasALinkAndAFolderOfOneNameWritesNothingThroughIt(Way way) {
		ObjectId link = this.sample.insert(Constants.OBJ_BLOB, this.folder.toString().getBytes(StandardCharsets.UTF_8));
		ObjectId blob = this.sample.insert(Constants.OBJ_BLOB, "x".getBytes(StandardCharsets.UTF_8));
		ObjectId inner = this.sample.insert(Constants.OBJ_TREE, RawTree.of(Constants.OBJ_BLOB, blob, "escaped"));
		CommitSha bad = this.sample.commitRawTree("bad", RawTree.linkAndFolder("a", link, inner));
		try {
			this.git.checkOut(remote(way), bad, Optional.empty(), target(), LIMIT);
		}
		catch (CommitNotFound | GitUnavailable ex) {
			assertThat(ex).hasMessageContaining("Cannot check out");
		}
		assertThat(this.folder.resolve("escaped")).doesNotExist();
	}

	@ParameterizedTest
	@EnumSource
	void checkOutWhenFolderIsNotEmptyRefuses(Way way) throws IOException {
		CommitSha first = this.sample.file("a", "1").commit("first");
		Files.createDirectories(target().resolve("something"));
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> this.git.checkOut(remote(way), first, Optional.empty(), target(), LIMIT));
		assertThat(target().resolve("something")).isDirectory();
	}

	@ParameterizedTest
	@EnumSource
	void readWhenThreadIsInterruptedStopsAndKeepsTheInterrupt(Way way) {
		CommitSha first = this.sample.file("a", "1").commit("first");
		Thread.currentThread().interrupt();
		try {
			assertThatExceptionOfType(GitUnavailable.class)
				.isThrownBy(() -> this.git.checkOut(remote(way), first, Optional.empty(), target(), LIMIT))
				.withMessageContaining("interrupted");
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void readWhenHostHasAGitConfigurationIgnoresIt(Way way) throws IOException {
		CommitSha first = this.sample.file("a.txt", "1\n")
			.file(".gitattributes", "a.txt filter=evil\n")
			.commit("first");
		Path home = Files.createDirectory(this.folder.resolve("home"));
		Files.writeString(home.resolve(".gitconfig"), """
				[url "file:///nowhere/"]
					insteadOf = %s
				[filter "evil"]
					smudge = touch %s
				[core]
					autocrlf = true
				""".formatted(url(way, ""), this.folder.resolve("ran")));
		String before = System.setProperty("user.home", home.toString());
		try {
			this.git.checkOut(remote(way), first, Optional.empty(), target(), LIMIT);
		}
		finally {
			System.setProperty("user.home", before);
		}
		assertThat(target().resolve("a.txt")).hasBinaryContent("1\n".getBytes(StandardCharsets.UTF_8));
		assertThat(this.folder.resolve("ran")).doesNotExist();
	}

	private Path target() {
		return this.folder.resolve("target");
	}

	private GitRemote remote(Way way) {
		return new GitRemote(RepositoryName.of("acme/app"), url(way, "app.git"), null);
	}

	private URI url(Way way, String path) {
		return switch (way) {
			case FILE -> this.sample.folder().getParent().resolve(path).toUri();
			case HTTP -> this.server.url(path);
			case TIPS_HTTP -> this.tipsServer.url(path);
		};
	}

	private static Stream<String> names(Path folder) {
		try (Stream<Path> entries = Files.list(folder)) {
			return entries.map((entry) -> entry.getFileName().toString()).toList().stream();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	enum Way {

		FILE, HTTP, TIPS_HTTP

	}

}
