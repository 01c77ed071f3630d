package dev.imagefactory.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Credentials from the file that a repository's settings name: {@code token} or
 * {@code user:token}, one trailing newline dropped.
 */
final class FileGitCredentials implements GitCredentials {

	/** The user name that GitHub expects beside a token. */
	private static final String DEFAULT_USER = "x-access-token";

	@Override
	public Optional<Credentials> of(GitRemote remote) {
		Path file = remote.credentialsFile();
		if (file == null) {
			return Optional.empty();
		}
		return Optional.of(parse(read(file, remote), file, remote));
	}

	private static String read(Path file, GitRemote remote) {
		try {
			return Files.readString(file).replaceFirst("\\r?\\n\\z", "");
		}
		catch (IOException ex) {
			throw new GitUnavailable(
					"Cannot read the credentials of %s from '%s' (%s); make it a file that the service may read"
						.formatted(remote.repository(), file, ex.getClass().getSimpleName()),
					ex);
		}
	}

	private static Credentials parse(String text, Path file, GitRemote remote) {
		int colon = text.indexOf(':');
		String user = (colon > 0) ? text.substring(0, colon) : DEFAULT_USER;
		String token = text.substring(colon + 1);
		if (token.isEmpty() || text.chars().anyMatch((character) -> character <= ' ' || character == 0x7f)) {
			throw new GitUnavailable(
					"Cannot use the credentials of %s in '%s'; expected one line, token or user:token, without spaces"
						.formatted(remote.repository(), file));
		}
		return new Credentials(user, token);
	}

}
