package dev.imagefactory.git;

import java.util.Optional;

/** Where the token for a private clone comes from. */
public interface GitCredentials {

	/**
	 * The credentials to present to a remote; read anew at each call, because tokens are
	 * rotated.
	 * @param remote the repository
	 * @return empty for an anonymous clone
	 */
	Optional<Credentials> of(GitRemote remote);

	/** A user name and a token; it never shows the token. */
	final class Credentials {

		private final String user;

		private final String token;

		/**
		 * Creates credentials for HTTP Basic.
		 * @param user such as {@code x-access-token}
		 * @param token the secret
		 */
		public Credentials(String user, String token) {
			this.user = user;
			this.token = token;
		}

		/**
		 * The user's name.
		 * @return such as {@code x-access-token}
		 */
		public String user() {
			return this.user;
		}

		/**
		 * The secret.
		 * @return the token
		 */
		public String token() {
			return this.token;
		}

		@Override
		public String toString() {
			return "Credentials[" + this.user + "]";
		}

	}

}
