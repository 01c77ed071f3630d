package dev.imagefactory.git;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Git by JGit: nothing of git needs to be installed, and no git configuration of this
 * host counts.
 */
final class JgitGit implements Git {

	/** How long to wait for a connection, and for each piece of an answer. */
	private static final Duration PATIENCE = Duration.ofSeconds(20);

	/** A server that sends a byte now and then must not hold up planning for ever. */
	private static final int PIECES = 3;

	/** A checkout may take as long as its caller waits. */
	private static final Duration UNLIMITED = Duration.ofDays(1);

	private final GitCredentials credentials;

	private final CommitCaches caches;

	private final Duration patience;

	/**
	 * Creates the client.
	 * @param credentials where tokens come from
	 * @param caches where fetched histories are kept
	 */
	JgitGit(GitCredentials credentials, CommitCaches caches) {
		this(credentials, caches, PATIENCE);
	}

	/**
	 * Creates a client with another patience.
	 * @param credentials where tokens come from
	 * @param caches where fetched histories are kept
	 * @param patience how long to wait for each piece of an answer, whole seconds
	 */
	JgitGit(GitCredentials credentials, CommitCaches caches, Duration patience) {
		IsolatedSystemReader.install();
		this.credentials = credentials;
		this.caches = caches;
		this.patience = patience;
	}

	@Override
	public Optional<CommitSha> resolve(GitRemote remote, GitRef ref) {
		String attempt = "look up %s in %s".formatted(ref, shown(remote));
		return reading(remote, attempt, this.patience.multipliedBy(PIECES),
				(access) -> access.commitOf(ref).map((commit) -> CommitSha.of(commit.name())));
	}

	@Override
	public boolean has(GitRemote remote, CommitSha commit) {
		String attempt = "look for commit %s in %s".formatted(commit, shown(remote));
		return reading(remote, attempt, this.patience.multipliedBy(PIECES),
				(access) -> access.has(ObjectId.fromString(commit.value())));
	}

	@Override
	public Optional<GitRef> defaultBranch(GitRemote remote) {
		String attempt = "look up the default branch of %s".formatted(shown(remote));
		return reading(remote, attempt, this.patience.multipliedBy(PIECES), RemoteAccess::head);
	}

	@Override
	public Ancestry ancestry(GitRemote remote, CommitSha commit, CommitSha other, Optional<GitRef> hint) {
		if (commit.equals(other)) {
			return Ancestry.SAME;
		}
		String attempt = "compare commits %s and %s of %s".formatted(commit, other, shown(remote));
		return reading(remote, attempt, this.patience.multipliedBy(PIECES), (access) -> access
			.ancestry(ObjectId.fromString(commit.value()), ObjectId.fromString(other.value()), hint, this.caches));
	}

	@Override
	public Instant checkOut(GitRemote remote, CommitSha commit, Optional<GitRef> hint, Path directory, long maxBytes) {
		String attempt = "check out %s of %s".formatted(commit, shown(remote));
		Checkout checkout = new Checkout(attempt, ObjectId.fromString(commit.value()), hint,
				directory.toAbsolutePath().normalize(), maxBytes);
		return reading(remote, attempt, UNLIMITED, checkout::from);
	}

	private <T> T reading(GitRemote remote, String attempt, Duration limit, Reading<T> reading) {
		try {
			RemoteAccess access = access(remote, attempt);
			return new InterruptibleWork<>("git", closing(access, attempt, reading)).run(limit);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new GitUnavailable("Cannot %s: it was interrupted".formatted(attempt), ex);
		}
		catch (TimeoutException ex) {
			throw new GitUnavailable(
					"Cannot %s: it took longer than %d s; try again later".formatted(attempt, limit.toSeconds()), ex);
		}
		catch (ExecutionException ex) {
			throw failure(attempt, ex.getCause());
		}
	}

	private static <T> Callable<T> closing(RemoteAccess access, String attempt, Reading<T> reading) {
		return () -> {
			try {
				return reading.from(access);
			}
			catch (IOException ex) {
				throw new GitUnavailable("Cannot %s: %s".formatted(attempt, access.explain(ex)), ex);
			}
			finally {
				access.close();
			}
		};
	}

	/** Our own failures pass as they are; they were made in the work's thread. */
	private static RuntimeException failure(String attempt, Throwable cause) {
		return switch (cause) {
			case OutOfMemoryError error ->
				new SourceTooLarge(
						("Cannot %s: an object in it needs more memory than this service has; "
								+ "give it more (-Xmx) or make the repository's files smaller")
							.formatted(attempt),
						error);
			case Error error -> throw error;
			case RuntimeException exception -> exception;
			default -> new GitUnavailable("Cannot %s: %s".formatted(attempt, Failures.words(cause)), cause);
		};
	}

	private RemoteAccess access(GitRemote remote, String attempt) {
		URI url = remote.url();
		String scheme = (url.getScheme() != null) ? url.getScheme() : "";
		return switch (scheme) {
			case "file" -> new FileAccess(folder(url, attempt));
			case "https" -> new HttpAccess(HttpSource.of(remote, this.credentials.of(remote)), this.patience);
			case "http" -> new HttpAccess(openSource(remote, attempt), this.patience);
			default -> throw new GitUnavailable(
					"Cannot %s: only https, http and file URLs are read; set another clone URL".formatted(attempt));
		};
	}

	private HttpSource openSource(GitRemote remote, String attempt) {
		HttpSource source = HttpSource.of(remote, this.credentials.of(remote));
		if (source.credentials().isPresent() && !source.isOnThisHost()) {
			throw new GitUnavailable(
					"Cannot %s: a token is sent over https only; set a https clone URL".formatted(attempt));
		}
		return source;
	}

	private static Path folder(URI url, String attempt) {
		try {
			return Path.of(HttpSource.withoutUser(url));
		}
		catch (IllegalArgumentException ex) {
			throw new GitUnavailable(
					"Cannot %s: a file URL names a folder of this host, such as file:///srv/git/app.git"
						.formatted(attempt),
					ex);
		}
	}

	private static String shown(GitRemote remote) {
		return "%s at %s".formatted(remote.repository(), HttpSource.withoutUser(remote.url()));
	}

	/**
	 * Something to be read.
	 *
	 * @param <T> what is read
	 */
	private interface Reading<T> {

		T from(RemoteAccess access) throws IOException;

	}

}
