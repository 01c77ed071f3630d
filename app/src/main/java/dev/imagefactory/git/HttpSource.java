package dev.imagefactory.git;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/**
 * A repository at an HTTP server, with the credentials for it.
 *
 * @param url its URL without any user information
 * @param credentials empty for an anonymous clone
 */
record HttpSource(URI url, Optional<GitCredentials.Credentials> credentials) {

	/**
	 * Makes the source of a remote.
	 * @param remote the repository
	 * @param credentials what its settings give; else what stands in its URL is used
	 * @return the source
	 */
	static HttpSource of(GitRemote remote, Optional<GitCredentials.Credentials> credentials) {
		return new HttpSource(withoutUser(remote.url()), credentials.or(() -> inUrl(remote.url().getUserInfo())));
	}

	/**
	 * A URL as it may be shown.
	 * @param url any URL
	 * @return the URL without user information, query and fragment
	 */
	static URI withoutUser(URI url) {
		if (url.isOpaque()) {
			return URI.create(url.getScheme() + ":?");
		}
		try {
			return new URI(url.getScheme(), null, url.getHost(), url.getPort(), url.getPath(), null, null);
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException("A part of a URL is a URL", ex);
		}
	}

	private static Optional<GitCredentials.Credentials> inUrl(@Nullable String user) {
		if (user == null || user.isEmpty()) {
			return Optional.empty();
		}
		int colon = user.indexOf(':');
		return Optional.of((colon < 0) ? new GitCredentials.Credentials("x-access-token", user)
				: new GitCredentials.Credentials(user.substring(0, colon), user.substring(colon + 1)));
	}

	/**
	 * Opens the transport.
	 * @param local where to fetch to
	 * @return a transport that presents the credentials from the first request on
	 * @throws IOException when JGit does not take the URL
	 */
	TransportHttp open(Repository local) throws IOException {
		try {
			TransportHttp transport = (TransportHttp) Transport.open(local, new URIish(this.url.toString()));
			transport.setCredentialsProvider(null);
			this.credentials
				.ifPresent((found) -> transport.setPreemptiveBasicAuthentication(found.user(), found.token()));
			return transport;
		}
		catch (URISyntaxException ex) {
			throw new IOException("JGit does not take the URL", ex);
		}
	}

	/**
	 * Whether the server is on this host, so that plain http shows the token to nobody.
	 * @return true for loopback addresses
	 */
	boolean isOnThisHost() {
		String host = this.url.getHost();
		return "localhost".equals(host) || "[::1]".equals(host) || host != null && host.matches("127(\\.\\d{1,3}){3}");
	}

	/**
	 * What to do when access is refused.
	 * @return an advice that names no secret
	 */
	String accessAdvice() {
		return this.credentials.isPresent() ? "check that the token is valid and may read the repository"
				: "give a credentials-file with a token that may read the repository";
	}

	/**
	 * Servers may repeat what they were sent.
	 * @param text any text
	 * @return the text with the token replaced
	 */
	String withoutToken(String text) {
		return this.credentials.map((found) -> text.replace(found.token(), "***")).orElse(text);
	}

}
