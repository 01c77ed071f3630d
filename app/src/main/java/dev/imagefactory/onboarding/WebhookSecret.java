package dev.imagefactory.onboarding;

import java.util.Arrays;

/** A webhook secret with the repositories it may speak for; it never shows its bytes. */
public final class WebhookSecret {

	private final byte[] key;

	private final SecretScope scope;

	private final boolean current;

	/**
	 * Creates a secret.
	 * @param key the secret's bytes, at least one
	 * @param scope for whom it may speak
	 * @param current false for one that is being rotated out
	 */
	public WebhookSecret(byte[] key, SecretScope scope, boolean current) {
		if (key.length == 0) {
			throw new IllegalArgumentException("A webhook secret must not be empty");
		}
		this.key = key.clone();
		this.scope = scope;
		this.current = current;
	}

	/**
	 * The secret's bytes.
	 * @return a copy
	 */
	public byte[] key() {
		return this.key.clone();
	}

	/**
	 * For whom the secret may speak.
	 * @return its scope
	 */
	public SecretScope scope() {
		return this.scope;
	}

	/**
	 * Whether this is the secret in force.
	 * @return false for one that is being rotated out
	 */
	public boolean isCurrent() {
		return this.current;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof WebhookSecret that && Arrays.equals(this.key, that.key)
				&& this.scope.equals(that.scope);
	}

	@Override
	public int hashCode() {
		return this.scope.hashCode();
	}

	@Override
	public String toString() {
		return "WebhookSecret[" + this.scope + "]";
	}

}
