package dev.imagefactory.git;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import org.awaitility.Awaitility;
import org.eclipse.jgit.lib.Constants;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Servers that refuse, lie, send too much or fall silent. */
class JgitGitFailureTests {

	private static final String TOKEN = "ghp_secret0123456789";

	private static final GitRef TAG = GitRef.tag("v1");

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	@TempDir
	Path folder;

	private final Git git = new JgitGit(new FileGitCredentials(), SampleRepository.temporaryCaches(), PATIENCE);

	private SampleRepository sample;

	private CommitSha commit;

	@BeforeEach
	void makeRepository() {
		this.sample = SampleRepository.in(this.folder.resolve("srv/app.git"));
		this.commit = this.sample.file("a", "1").commit("first");
		this.sample.annotatedTag("v1", this.commit);
	}

	@Test
	void readWhenCredentialsAreRightWorks() throws IOException {
		try (GitHttpServer server = GitHttpServer.closed(root(), "x-access-token", TOKEN)) {
			GitRemote remote = remote(server.url("app.git"), credentials(TOKEN + "\n"));
			assertThat(this.git.resolve(remote, TAG)).contains(this.commit);
			this.git.checkOut(remote, this.commit, Optional.empty(), target(), 100);
			assertThat(target().resolve("a")).hasContent("1");
		}
	}

	@Test
	void readWhenFileNamesTheUserOrTheUrlHasCredentialsUsesThem() throws IOException {
		try (GitHttpServer server = GitHttpServer.closed(root(), "robot", TOKEN)) {
			GitRemote byFile = remote(server.url("app.git"), credentials("robot:" + TOKEN));
			assertThat(this.git.resolve(byFile, TAG)).contains(this.commit);
			GitRemote byUrl = remote(withUser(server.url("app.git"), "robot:" + TOKEN), null);
			assertThat(this.git.resolve(byUrl, TAG)).contains(this.commit);
		}
	}

	@Test
	void readWhenFileChangesUsesTheNewToken() throws IOException {
		try (GitHttpServer server = GitHttpServer.closed(root(), "x-access-token", TOKEN)) {
			GitRemote remote = remote(server.url("app.git"), credentials("old"));
			assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(remote, TAG));
			credentials(TOKEN);
			assertThat(this.git.resolve(remote, TAG)).contains(this.commit);
		}
	}

	@Test
	void readWhenCredentialsAreWrongSaysSoWithoutThem() throws IOException {
		try (GitHttpServer server = GitHttpServer.closed(root(), "x-access-token", "other")) {
			for (GitRemote remote : new GitRemote[] { remote(server.url("app.git"), credentials(TOKEN)),
					remote(withUser(server.url("app.git"), "user:" + TOKEN), null),
					remote(withUser(server.url("app.git"), TOKEN), null) }) {
				assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(remote, TAG))
					.withMessageContainingAll("acme/app", "HTTP 401", "check that the token is valid")
					.withMessageNotContaining(TOKEN)
					.satisfies((failure) -> assertThat(trace(failure)).doesNotContain(TOKEN));
			}
		}
	}

	@Test
	void readWhenCredentialsAreMissingSaysWhatToGive() throws IOException {
		try (GitHttpServer server = GitHttpServer.closed(root(), "x-access-token", TOKEN)) {
			assertThatExceptionOfType(GitUnavailable.class)
				.isThrownBy(() -> this.git.checkOut(remote(server.url("app.git"), null), this.commit, Optional.empty(),
						target(), 100))
				.withMessageContainingAll("HTTP 401", "give a credentials-file");
		}
	}

	@Test
	void readWhenCredentialsFileIsUnusableSaysWhy() throws IOException {
		URI url = URI.create("https://127.0.0.1:1/app.git");
		GitRemote absent = remote(url, this.folder.resolve("absent"));
		assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(absent, TAG))
			.withMessageContainingAll("acme/app", "absent", "NoSuchFileException");
		for (String text : new String[] { "", "\n", "user:", TOKEN + "\n\n", TOKEN + " x", "\u0001" + TOKEN }) {
			GitRemote remote = remote(url, credentials(text));
			assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(remote, TAG))
				.withMessageContainingAll("credentials", "token or user:token")
				.withMessageNotContaining(TOKEN);
		}
	}

	@Test
	void readWhenTokenWouldCrossTheNetworkInTheOpenRefuses() throws IOException {
		GitRemote remote = remote(URI.create("http://git.example.com/app.git"), credentials(TOKEN));
		assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(remote, TAG))
			.withMessageContaining("a token is sent over https only")
			.withMessageNotContaining(TOKEN);
	}

	@Test
	void readWhenUrlIsOfAnotherKindRefuses() {
		for (String url : new String[] { "ssh://git@example.com/app.git", "git://example.com/app.git", "app.git",
				"file://host/app.git", "mailto:x", "ext::sh%20-c%20id" }) {
			assertThatExceptionOfType(GitUnavailable.class).as(url)
				.isThrownBy(() -> this.git.resolve(remote(URI.create(url), null), TAG))
				.withMessageContaining("Cannot look up refs/tags/v1 in acme/app");
		}
	}

	@Test
	void readWhenServerRedirectsToAnotherHostDoesNotFollow() throws IOException {
		try (GitHttpServer elsewhere = GitHttpServer.open(root())) {
			HttpServer server = server((exchange) -> {
				exchange.getResponseHeaders()
					.set("Location", elsewhere.url("app.git").toString().replace("127.0.0.1", "localhost")
							+ "/info/refs?service=git-upload-pack");
				exchange.sendResponseHeaders(301, -1);
				exchange.close();
			});
			try {
				assertThatExceptionOfType(GitUnavailable.class)
					.isThrownBy(() -> this.git.resolve(remote(url(server), credentials(TOKEN)), TAG))
					.withMessageContaining("redirects to another host are not followed");
				assertThat(elsewhere.requests()).isEmpty();
			}
			finally {
				server.stop(0);
			}
		}
	}

	@Test
	void readWhenServerIsNoGitServerSaysSo() throws IOException {
		HttpServer server = server((exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			exchange.getResponseBody().write("<html>Sign in</html>".getBytes());
			exchange.close();
		});
		try {
			assertThatExceptionOfType(GitUnavailable.class)
				.isThrownBy(() -> this.git.resolve(remote(url(server), null), TAG))
				.withMessageContaining("Cannot look up refs/tags/v1 in acme/app at " + url(server));
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void readWhenServerFailsNamesItsAnswer() throws IOException {
		HttpServer server = server((exchange) -> {
			exchange.sendResponseHeaders(503, -1);
			exchange.close();
		});
		try {
			assertThatExceptionOfType(GitUnavailable.class)
				.isThrownBy(
						() -> this.git.checkOut(remote(url(server), null), this.commit, Optional.empty(), target(), 9))
				.withMessageContaining("HTTP 503");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void readWhenNothingListensSaysSo() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		GitRemote remote = remote(URI.create("http://127.0.0.1:%d/app.git".formatted(port)), null);
		assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(remote, TAG))
			.withMessageContaining("nothing accepts connections at 127.0.0.1:" + port);
	}

	@Test
	void readWhenServerStallsGivesUp() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			GitRemote remote = remote(URI.create("http://127.0.0.1:%d/app.git".formatted(silent.getLocalPort())), null);
			assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> this.git.resolve(remote, TAG))
				.withMessageContaining("the server was silent for 1 s");
		}
	}

	@Test
	void resolveWhenServerTricklesGivesUp() throws IOException {
		HttpServer server = server((exchange) -> {
			exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-advertisement");
			exchange.sendResponseHeaders(200, 0);
			exchange.getResponseBody().write("001e# service=git-upload-pack\n0000ffff".getBytes());
			trickle(exchange.getResponseBody());
			exchange.close();
		});
		try {
			assertThatExceptionOfType(GitUnavailable.class)
				.isThrownBy(() -> this.git.resolve(remote(url(server), null), TAG))
				.withMessageContaining("it took longer than 3 s");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void checkOutWhenInterruptedWhileServerStallsStopsAtOnceAndTidiesUp() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			GitRemote remote = remote(URI.create("http://127.0.0.1:%d/app.git".formatted(silent.getLocalPort())), null);
			Git patient = new JgitGit(new FileGitCredentials(), SampleRepository.temporaryCaches(),
					Duration.ofSeconds(4));
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			Thread thread = Thread.ofPlatform().start(() -> {
				try {
					patient.checkOut(remote, this.commit, Optional.empty(), target(), 100);
					outcome.complete(new AssertionError("It ended well"));
				}
				catch (GitUnavailable ex) {
					outcome.complete(Thread.currentThread().isInterrupted() ? ex : new AssertionError("Flag lost", ex));
				}
			});
			silent.accept();
			thread.interrupt();
			assertThat(outcome.get(3, TimeUnit.SECONDS)).isInstanceOf(GitUnavailable.class)
				.hasMessageContaining("it was interrupted");
			Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(leftovers()).isEmpty());
		}
	}

	@Test
	void checkOutWhenHistoryIsLargeReceivesOneCommitOnly() throws IOException {
		byte[] noise = new byte[300_000];
		for (int i = 0; i < 64; i++) {
			new Random(i).nextBytes(noise);
			this.sample.file("noise", noise).commit("noise " + i);
		}
		CommitSha last = this.sample.file("noise", "quiet").commit("quiet");
		try (GitHttpServer server = GitHttpServer.open(root()); GitHttpServer tips = GitHttpServer.tipsOnly(root())) {
			SampleRepository.client()
				.checkOut(remote(server.url("app.git"), null), last, Optional.empty(), target(), 100);
			assertThat(target().resolve("noise")).hasContent("quiet");
			Files.delete(target().resolve("noise"));
			Files.delete(target().resolve("a"));
			assertThatExceptionOfType(SourceTooLarge.class)
				.isThrownBy(() -> SampleRepository.client()
					.checkOut(remote(tips.url("app.git"), null), this.commit, Optional.empty(), target(), 100_000))
				.withMessageContainingAll("more had to be received", "100000 bytes are allowed");
			assertThat(leftovers()).isEmpty();
		}
	}

	@Test
	void checkOutWhenPackIsLargerThanTheTreeMayBeStopsReceiving() throws IOException {
		byte[] noise = new byte[1_000_000];
		for (int i = 0; i < 20; i++) {
			new Random(i).nextBytes(noise);
			this.sample.file("noise" + i, noise);
		}
		CommitSha large = this.sample.commit("20 MB");
		try (GitHttpServer server = GitHttpServer.open(root())) {
			assertThatExceptionOfType(SourceTooLarge.class)
				.isThrownBy(() -> SampleRepository.client()
					.checkOut(remote(server.url("app.git"), null), large, Optional.empty(), target(), 1_000_000))
				.withMessageContaining("more had to be received");
			assertThat(leftovers()).isEmpty();
		}
	}

	@Test
	void checkOutWhenAnObjectIsMissingInTheRepositorySaysSo() throws IOException {
		String blob = this.sample.insert(Constants.OBJ_BLOB, "1".getBytes()).name();
		Files.delete(this.sample.folder().resolve("objects/" + blob.substring(0, 2) + "/" + blob.substring(2)));
		assertThatExceptionOfType(GitUnavailable.class)
			.isThrownBy(() -> SampleRepository.client()
				.checkOut(this.sample.remote("acme/app"), this.commit, Optional.empty(), target(), 100))
			.withMessageContaining("without all of its files");
	}

	private static void trickle(OutputStream out) throws IOException {
		try {
			for (int i = 0; i < 60; i++) {
				out.write('0');
				out.flush();
				TimeUnit.MILLISECONDS.sleep(200);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static HttpServer server(HttpHandler handler) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", handler);
		server.start();
		return server;
	}

	private static URI url(HttpServer server) {
		return URI.create("http://127.0.0.1:%d/app.git".formatted(server.getAddress().getPort()));
	}

	private static URI withUser(URI url, String user) {
		return URI.create(url.toString().replace("http://", "http://" + user + "@"));
	}

	private static String trace(Throwable failure) {
		StringWriter text = new StringWriter();
		failure.printStackTrace(new PrintWriter(text));
		return text.toString();
	}

	private Path credentials(String text) throws IOException {
		return Files.writeString(this.folder.resolve("token"), text);
	}

	private static GitRemote remote(URI url, @Nullable Path credentialsFile) {
		return new GitRemote(RepositoryName.of("acme/app"), url, credentialsFile);
	}

	private Stream<Path> leftovers() throws IOException {
		try (Stream<Path> entries = Files.list(this.folder)) {
			return entries.filter((entry) -> entry.getFileName().toString().startsWith(".git-fetch")).toList().stream();
		}
	}

	private Path root() {
		return this.folder.resolve("srv");
	}

	private Path target() {
		return this.folder.resolve("target");
	}

}
