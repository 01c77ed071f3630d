package dev.imagefactory.git;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static dev.imagefactory.database.TestDatabase.together;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JgitAncestryTests {

	private static final Optional<GitRef> MAIN = Optional.of(GitRef.branch("main"));

	private static final CommitSha NOWHERE = CommitSha.of("ee".repeat(20));

	@TempDir
	Path folder;

	private SampleRepository sample;

	private Path kept;

	private Git git;

	private CommitSha first;

	private CommitSha second;

	private CommitSha third;

	@BeforeEach
	void makeRepository() {
		this.sample = SampleRepository.in(this.folder.resolve("srv/app.git")).file("big.txt", "x".repeat(300_000));
		this.first = this.sample.commit("first");
		this.second = this.sample.file("a", "2").commit("second");
		this.third = this.sample.file("a", "3").commit("third");
		this.kept = this.folder.resolve("kept");
		this.git = git(new CommitCaches(this.kept, Clock.systemUTC()));
	}

	private static Git git(CommitCaches caches) {
		return new JgitGit(new FileGitCredentials(), caches);
	}

	private Path root() {
		return this.folder.resolve("srv");
	}

	private static GitRemote remote(URI url) {
		return new GitRemote(RepositoryName.of("acme/app"), url, null);
	}

	private Ancestry ask(GitRemote remote, CommitSha commit, CommitSha other) {
		return this.git.ancestry(remote, commit, other, MAIN);
	}

	private void checkLine(GitRemote remote) {
		assertThat(ask(remote, this.first, this.third)).isEqualTo(Ancestry.ANCESTOR);
		assertThat(ask(remote, this.third, this.first)).isEqualTo(Ancestry.DESCENDANT);
		assertThat(ask(remote, this.second, this.second)).isEqualTo(Ancestry.SAME);
	}

	@Test
	void ancestryWhenRemoteIsAFolderReadsItInPlace() {
		checkLine(remote(this.sample.url()));
		assertThat(this.kept).doesNotExist();
	}

	@Test
	void ancestryWhenServerFiltersFetchesCommitsAndNoFiles() throws Exception {
		configure("uploadpack.allowFilter", "true");
		try (GitHttpServer server = GitHttpServer.open(root())) {
			checkLine(remote(server.url("app.git")));
			assertThat(objectsKept()).isEqualTo(3);
		}
	}

	@Test
	void ancestryWhenServerDoesNotFilterFetchesWhatItCan() throws Exception {
		try (GitHttpServer server = GitHttpServer.open(root())) {
			checkLine(remote(server.url("app.git")));
			assertThat(objectsKept()).isGreaterThan(3);
		}
	}

	@Test
	void ancestryWhenServerFiltersFilesOnlyFetchesTreesToo() throws Exception {
		configure("uploadpack.allowFilter", "true");
		configure("uploadpackfilter.tree.allow", "false");
		try (GitHttpServer server = GitHttpServer.open(root())) {
			checkLine(remote(server.url("app.git")));
			assertThat(objectsKept()).isEqualTo(6);
		}
	}

	@Test
	void ancestryWhenServerServesTipsOnlyFindsThemByTheBranch() throws Exception {
		try (GitHttpServer server = GitHttpServer.tipsOnly(root())) {
			checkLine(remote(server.url("app.git")));
			assertThat(ask(remote(server.url("app.git")), NOWHERE, this.third)).isEqualTo(Ancestry.UNKNOWN);
		}
	}

	@Test
	void ancestryWhenKnownAsksNobody() throws Exception {
		GitRemote remote;
		try (GitHttpServer server = GitHttpServer.open(root())) {
			remote = remote(server.url("app.git"));
			checkLine(remote);
			int requests = server.requests().size();
			checkLine(remote);
			assertThat(ask(remote, this.first, this.second)).isEqualTo(Ancestry.ANCESTOR);
			assertThat(server.requests()).hasSize(requests);
		}
		checkLine(remote);
		CommitSha fourth = this.sample.commit("fourth");
		assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> ask(remote, this.third, fourth))
			.withMessageStartingWith("Cannot compare commits " + this.third + " and " + fourth)
			.withMessageContaining("nothing accepts connections");
		checkLine(remote);
	}

	@Test
	void ancestryWhenHistoryIsRewrittenKnowsOldAndNew() throws Exception {
		try (GitHttpServer server = GitHttpServer.open(root())) {
			GitRemote remote = remote(server.url("app.git"));
			checkLine(remote);
			CommitSha rewritten = this.sample.force("main", this.first).file("a", "other").commit("rewritten");
			assertThat(ask(remote, rewritten, this.third)).isEqualTo(Ancestry.UNRELATED);
			assertThat(ask(remote, rewritten, this.first)).isEqualTo(Ancestry.DESCENDANT);
			CommitSha merged = this.sample.merge("merge", this.third);
			assertThat(ask(remote, merged, this.third)).isEqualTo(Ancestry.DESCENDANT);
		}
	}

	@Test
	void ancestryWhenOldCommitIsGoneIsUnknownAndNeverAGuess() throws Exception {
		CommitSha rewritten = this.sample.force("main", this.first).file("a", "other").commit("rewritten");
		run("git", "reflog", "expire", "--expire=now", "--all");
		run("git", "gc", "-q", "--prune=now");
		try (GitHttpServer server = GitHttpServer.open(root())) {
			assertThat(ask(remote(server.url("app.git")), rewritten, this.third)).isEqualTo(Ancestry.UNKNOWN);
			assertThat(ask(remote(server.url("app.git")), rewritten, this.first)).isEqualTo(Ancestry.DESCENDANT);
		}
		assertThat(ask(remote(this.sample.url()), rewritten, this.third)).isEqualTo(Ancestry.UNKNOWN);
	}

	@Test
	void ancestryWhenBranchIsGoneStillFindsCommitsByName() throws Exception {
		run("git", "update-ref", "refs/heads/other", this.third.value());
		run("git", "symbolic-ref", "HEAD", "refs/heads/other");
		run("git", "update-ref", "-d", "refs/heads/main");
		try (GitHttpServer server = GitHttpServer.open(root())) {
			checkLine(remote(server.url("app.git")));
		}
	}

	@Test
	void ancestryWhenRemoteIsShallowIsUnknownUntilItIsWhole() throws Exception {
		run("git", "clone", "-q", "--bare", "--depth=1", this.sample.url().toString(), "../shallow.git");
		try (GitHttpServer server = GitHttpServer.open(root())) {
			CommitSha apart = this.sample.looseCommit("apart", 9, List.of());
			run("git", "update-ref", "refs/heads/apart", apart.value());
			run("git", "--git-dir=../shallow.git", "fetch", "-q", "--depth=1", this.sample.url().toString(),
					"apart:apart");
			for (GitRemote remote : List.of(remote(server.url("shallow.git")),
					remote(root().resolve("shallow.git").toUri()))) {
				assertThat(ask(remote, this.third, apart)).isEqualTo(Ancestry.UNKNOWN);
				assertThat(ask(remote, this.third, this.first)).isEqualTo(Ancestry.UNKNOWN);
			}
			run("git", "--git-dir=../shallow.git", "fetch", "-q", "--unshallow", this.sample.url().toString(),
					"main:main");
			run("git", "--git-dir=../shallow.git", "fetch", "-q", this.sample.url().toString(), "apart:apart");
			assertThat(ask(remote(server.url("shallow.git")), this.third, apart)).isEqualTo(Ancestry.UNRELATED);
			checkLine(remote(server.url("shallow.git")));
		}
	}

	@Test
	void ancestryWhenCacheIsDamagedFetchesAnew() throws Exception {
		try (GitHttpServer server = GitHttpServer.open(root())) {
			GitRemote remote = remote(server.url("app.git"));
			for (int damage = 0; damage < 4; damage++) {
				checkLine(remote);
				damage(damage);
				CommitSha next = this.sample.commit("after damage " + damage);
				assertThat(ask(remote, this.first, next)).isEqualTo(Ancestry.ANCESTOR);
				checkLine(remote);
			}
		}
	}

	private void damage(int kind) throws IOException {
		for (Path file : files(".pack")) {
			switch (kind) {
				case 0 -> overwrite(file);
				case 1 -> Files.write(file, new byte[0]);
				case 2 -> Files.delete(file);
				default -> FileSystemUtils.deleteRecursively(file.getParent());
			}
		}
	}

	private static void overwrite(Path file) throws IOException {
		file.toFile().setWritable(true);
		try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
			content.seek(12);
			content.write(new byte[(int) content.length() - 12]);
		}
	}

	@Test
	void ancestryWhenHistoryIsTooLargeIsUnknownAndNotFetchedAgain() throws Exception {
		byte[] noise = new byte[2_000_000];
		new Random(1).nextBytes(noise);
		CommitSha large = this.sample.file("noise", noise).commit("large");
		this.git = git(
				new CommitCaches(this.kept, Clock.systemUTC(), new CommitCaches.Limits(1_000_000, 1L << 30, 10)));
		try (GitHttpServer server = GitHttpServer.open(root())) {
			assertThat(ask(remote(server.url("app.git")), large, this.first)).isEqualTo(Ancestry.UNKNOWN);
			int requests = server.requests().size();
			assertThat(ask(remote(server.url("app.git")), large, this.first)).isEqualTo(Ancestry.UNKNOWN);
			assertThat(server.requests()).hasSize(requests);
		}
	}

	@Test
	void ancestryWhenThereAreManyRemotesKeepsTheLastOnes() throws Exception {
		this.git = git(new CommitCaches(this.kept, Clock.systemUTC(), new CommitCaches.Limits(1L << 30, 1L << 30, 2)));
		try (GitHttpServer server = GitHttpServer.open(root())) {
			for (int number = 0; number < 4; number++) {
				FileSystemUtils.copyRecursively(this.sample.folder(), root().resolve(number + ".git"));
				checkLine(remote(server.url(number + ".git")));
			}
			assertThat(this.kept).isDirectoryContaining("glob:**.git");
			try (Stream<Path> folders = Files.list(this.kept)) {
				assertThat(folders).hasSize(2);
			}
			int requests = server.requests().size();
			checkLine(remote(server.url("3.git")));
			assertThat(server.requests()).hasSize(requests);
		}
	}

	@Test
	void ancestryWhenManyAskAtOnceFetchesOnce() throws Exception {
		try (GitHttpServer server = GitHttpServer.open(root())) {
			GitRemote remote = remote(server.url("app.git"));
			assertThat(together(8, (number) -> ask(remote, this.first, this.third))).containsOnly(Ancestry.ANCESTOR);
			assertThat(server.requests()).filteredOn((request) -> request.contains("info/refs"))
				.hasSizeLessThanOrEqualTo(3);
		}
	}

	@Test
	void ancestryWhenServerIsSilentEndsInTime() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			Git impatient = new JgitGit(new FileGitCredentials(), new CommitCaches(this.kept, Clock.systemUTC()),
					Duration.ofSeconds(1));
			GitRemote remote = remote(URI.create("http://127.0.0.1:%d/app.git".formatted(silent.getLocalPort())));
			assertThatExceptionOfType(GitUnavailable.class)
				.isThrownBy(() -> impatient.ancestry(remote, this.first, this.third, MAIN))
				.withMessageContaining("silent for 1 s");
		}
	}

	@Label("Any history gives the answers that its parents define, whatever its times say")
	@Property(tries = 30)
	void anyHistory(@ForAll long seed) throws IOException {
		Path place = Files.createTempDirectory("image-factory-history-");
		try {
			Random random = new Random(seed);
			SampleRepository any = SampleRepository.in(place.resolve("any.git"));
			List<CommitSha> commits = new ArrayList<>();
			List<List<Boolean>> contains = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				int now = i;
				List<Integer> parents = random.ints(random.nextInt(3), 0, Math.max(i, 1))
					.distinct()
					.filter((parent) -> parent < now)
					.boxed()
					.toList();
				commits.add(any.looseCommit("commit " + i, random.nextInt(100),
						parents.stream().map(commits::get).toList()));
				contains.add(IntStream.rangeClosed(0, i)
					.mapToObj((other) -> other == now || parents.stream()
						.anyMatch((parent) -> other <= parent && contains.get(parent).get(other)))
					.toList());
			}
			check(any, commits, contains);
		}
		finally {
			FileSystemUtils.deleteRecursively(place);
		}
	}

	private static void check(SampleRepository any, List<CommitSha> commits, List<List<Boolean>> contains) {
		Git git = SampleRepository.client();
		for (int one = 0; one < commits.size(); one++) {
			for (int two = 0; two < one; two++) {
				boolean contained = contains.get(one).get(two);
				assertThat(git.ancestry(any.remote("acme/any"), commits.get(one), commits.get(two), Optional.empty()))
					.isEqualTo(contained ? Ancestry.DESCENDANT : Ancestry.UNRELATED);
				assertThat(git.ancestry(any.remote("acme/any"), commits.get(two), commits.get(one), Optional.empty()))
					.isEqualTo(contained ? Ancestry.ANCESTOR : Ancestry.UNRELATED);
			}
		}
	}

	private long objectsKept() throws Exception {
		long objects = 0;
		for (Path index : files(".idx")) {
			Process count = new ProcessBuilder("git", "show-index").redirectInput(index.toFile()).start();
			objects += new String(count.getInputStream().readAllBytes()).lines().count();
		}
		return objects;
	}

	private List<Path> files(String ending) throws IOException {
		try (Stream<Path> all = Files.walk(this.kept)) {
			return all.filter((file) -> file.toString().endsWith(ending)).toList();
		}
	}

	private void configure(String key, String value) throws Exception {
		run("git", "config", key, value);
	}

	private void run(String... command) throws Exception {
		Process process = new ProcessBuilder(command).directory(this.sample.folder().toFile())
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(output).isZero();
	}

}
