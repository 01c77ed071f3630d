package dev.imagefactory.git;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.SSLException;

import dev.imagefactory.source.GitRef;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.FilterSpec;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.TransportHttp;
import org.springframework.util.FileSystemUtils;

/** Reads a repository over smart HTTP. */
final class HttpAccess implements RemoteAccess {

	private final HttpSource source;

	private final Duration patience;

	private final GuardedConnections connections;

	/**
	 * Creates the access.
	 * @param source the repository with what it takes to read it
	 * @param patience how long to wait for a connection, and for each piece of an answer
	 */
	HttpAccess(HttpSource source, Duration patience) {
		this.source = source;
		this.patience = patience;
		this.connections = new GuardedConnections(source.url());
	}

	@Override
	public Optional<ObjectId> commitOf(GitRef ref) throws IOException {
		try (ProbeRepository probe = new ProbeRepository(); TransportHttp transport = open(probe)) {
			transport.setDepth(FetchAttempt.ONE_COMMIT);
			try (FetchConnection connection = transport.openFetch(Set.of(new RefSpec().setSource(ref.value())))) {
				Ref found = connection.getRef(ref.value());
				if (found == null || ref.isTag() && !leadsToCommit(connection, found, probe)) {
					return Optional.empty();
				}
				ObjectId peeled = found.getPeeledObjectId();
				return Optional.of((peeled != null) ? peeled : found.getObjectId());
			}
		}
	}

	@Override
	public boolean has(ObjectId commit) throws IOException {
		try (ProbeRepository probe = new ProbeRepository(); TransportHttp transport = open(probe)) {
			transport.setDepth(FetchAttempt.ONE_COMMIT);
			transport.setTagOpt(TagOpt.NO_TAGS);
			try {
				transport.fetch(new InterruptMonitor(),
						new FetchAttempt(List.of(commit.name()), FetchAttempt.ONE_COMMIT).specs());
			}
			catch (TransportException ex) {
				if (probe.commit() == null && !isRefusal(ex)) {
					throw ex;
				}
			}
			return Boolean.TRUE.equals(probe.commit());
		}
	}

	@Override
	public Optional<GitRef> head() throws IOException {
		try (ProbeRepository probe = new ProbeRepository();
				TransportHttp transport = open(probe);
				FetchConnection connection = transport.openFetch(Set.of(new RefSpec().setSource(Constants.HEAD)))) {
			return FileAccess.branchOf(connection.getRef(Constants.HEAD));
		}
	}

	/** A tag may lead to a tree or a file; the list of refs does not tell. */
	private static boolean leadsToCommit(FetchConnection connection, Ref tag, ProbeRepository probe)
			throws TransportException {
		try {
			connection.fetch(new InterruptMonitor(), Set.of(tag), Set.of());
		}
		catch (TransportException ex) {
			if (probe.commit() == null) {
				throw ex;
			}
		}
		return Boolean.TRUE.equals(probe.commit());
	}

	@Override
	public Optional<Repository> bring(ObjectId commit, Optional<GitRef> hint, Path scratch, long maxBytes)
			throws IOException {
		for (FetchAttempt attempt : FetchAttempt.forTree(commit, hint)) {
			Path folder = scratch.resolve("received");
			Repository repository = ReceivingRepository.create(folder, attempt.maxPack(maxBytes));
			boolean brought = false;
			try {
				brought = fetch(attempt, repository) && repository.getObjectDatabase().has(commit);
				if (brought) {
					return Optional.of(repository);
				}
			}
			finally {
				if (!brought) {
					repository.close();
					FileSystemUtils.deleteRecursively(folder);
				}
			}
		}
		return Optional.empty();
	}

	@Override
	public Ancestry ancestry(ObjectId commit, ObjectId other, Optional<GitRef> hint, CommitCaches caches)
			throws IOException {
		return caches.ancestry(this.source.url(), commit, other,
				(cache, missing) -> bringHistory(cache, missing, hint));
	}

	/** A server that refuses one thing may grant the next. */
	private void bringHistory(Repository cache, List<ObjectId> commits, Optional<GitRef> hint) throws IOException {
		List<String> filters = FetchAttempt.FILTERS;
		for (List<String> sources : FetchAttempt.historySources(commits, hint)) {
			Optional<String> granted = fetchFiltered(sources, filters, cache);
			filters = granted.map(List::of).orElse(filters);
			if (CommitRefs.keep(cache, commits)) {
				return;
			}
		}
	}

	private Optional<String> fetchFiltered(List<String> sources, List<String> filters, Repository cache)
			throws IOException {
		for (String filter : filters) {
			if (fetch(new FetchAttempt(sources, Constants.INFINITE_DEPTH, filter), cache)) {
				return Optional.of(filter);
			}
		}
		return Optional.empty();
	}

	private boolean fetch(FetchAttempt attempt, Repository into) throws IOException {
		try (TransportHttp transport = open(into)) {
			transport.setTagOpt(TagOpt.NO_TAGS);
			if (!attempt.filter().isEmpty()) {
				transport.setFilterSpec(FilterSpec.fromFilterLine(attempt.filter()));
			}
			if (attempt.depth() != Constants.INFINITE_DEPTH) {
				transport.setDepth(attempt.depth());
			}
			transport.fetch(new InterruptMonitor(), attempt.specs());
			return !Thread.currentThread().isInterrupted();
		}
		catch (TransportException ex) {
			if (isRefusal(ex)) {
				return false;
			}
			throw ex;
		}
	}

	/** Whether the server understood and said no, so that another question may help. */
	private boolean isRefusal(TransportException failure) {
		return this.connections.status() == 200 && Failures.chain(failure).allMatch(HttpAccess::isOfProtocol);
	}

	private static boolean isOfProtocol(Throwable link) {
		return link instanceof TransportException && !(link instanceof NoRemoteRepositoryException)
				&& !(link instanceof GuardedConnections.Refused) && !(link instanceof TooLargeObjectInPackException);
	}

	private TransportHttp open(Repository local) throws IOException {
		TransportHttp transport = this.source.open(local);
		transport.setTimeout(Math.toIntExact(this.patience.toSeconds()));
		transport.setHttpConnectionFactory(this.connections);
		return transport;
	}

	@Override
	public String explain(IOException failure) {
		int status = this.connections.status();
		return switch (status) {
			case 401, 403 -> "the server refused access (HTTP %d); %s".formatted(status, this.source.accessAdvice());
			case 404 -> "the server shows no repository there (HTTP 404); check the clone URL, and if it is private: "
					+ this.source.accessAdvice();
			case 0, 200, 301, 302, 303, 307, 308 -> explainConnection(failure);
			default -> "the server answered HTTP %d; try again later".formatted(status);
		};
	}

	private String explainConnection(IOException failure) {
		URI url = this.source.url();
		Optional<GuardedConnections.Refused> refused = Failures.behind(failure, GuardedConnections.Refused.class);
		if (refused.isPresent()) {
			return Failures.words(refused.get());
		}
		if (Failures.behind(failure, SocketTimeoutException.class).isPresent()) {
			return "the server was silent for %d s; try again later".formatted(this.patience.toSeconds());
		}
		if (Failures.behind(failure, UnknownHostException.class).isPresent()) {
			return "the host name %s is not known here; check the clone URL and DNS".formatted(url.getHost());
		}
		if (Failures.behind(failure, ConnectException.class).isPresent()) {
			return "nothing accepts connections at %s; check the clone URL and the network"
				.formatted(url.getAuthority());
		}
		Optional<SSLException> tls = Failures.behind(failure, SSLException.class);
		if (tls.isPresent()) {
			return "TLS failed (%s); check the server's certificate and this Java's trust store"
				.formatted(Failures.words(tls.get()));
		}
		if (Failures.behind(failure, InterruptedIOException.class).isPresent()) {
			return "it was interrupted";
		}
		return "the answer was not usable (%s); try again later"
			.formatted(this.source.withoutToken(Failures.words(failure)));
	}

	@Override
	public void close() {
		this.connections.close();
	}

}
