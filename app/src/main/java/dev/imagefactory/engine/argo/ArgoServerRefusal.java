package dev.imagefactory.engine.argo;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The Argo Server has understood a request and will not do it, however often asked. */
final class ArgoServerRefusal extends RuntimeException {

	/**
	 * Codes of gRPC that speak of the object: unknown, invalid argument, not found,
	 * failed precondition. Argo's own validation has the first of them, as status 500.
	 */
	private static final Set<Integer> OF_THE_OBJECT = Set.of(2, 3, 5, 9);

	/** How it answers when a file cannot be had. */
	static final int STORE = 500;

	private final int status;

	private final @Nullable Integer code;

	/**
	 * Creates the refusal.
	 * @param status the status of the answer
	 * @param code the code in its body, when it has one
	 * @param words what it says, fit to be shown
	 */
	ArgoServerRefusal(int status, @Nullable Integer code, String words) {
		super(words);
		this.status = status;
		this.code = code;
	}

	/**
	 * What it says, without a word, of files that it cannot get from the artifact store.
	 */
	static ArgoServerRefusal ofTheStore() {
		return new ArgoServerRefusal(STORE, null, "Internal Server Error");
	}

	/** Whether a code is the server's own word on what it was sent. */
	static boolean speaksOfTheObject(@Nullable Integer code) {
		return code != null && OF_THE_OBJECT.contains(code);
	}

	/** Whether it is about what was sent, and not about who has sent it. */
	boolean isOfTheObject() {
		return speaksOfTheObject(this.code);
	}

	/** The status of the answer. */
	int status() {
		return this.status;
	}

	/** What to do about it. */
	String advice() {
		if (this.status == STORE && this.code == null) {
			return "answered 500, and its log says why: most often the artifact store does not answer, or the account of image-factory.argo.server-token-file may not get the Secret with the store's key in that namespace";
		}
		return switch (this.status) {
			case 401 -> "answered 401 (%s); give a token that it takes in image-factory.argo.server-token-file"
				.formatted(getMessage());
			case 403 ->
				"answered 403 (%s); give the account of image-factory.argo.server-token-file that right in the namespace"
					.formatted(getMessage());
			default -> "answered %d (%s); check image-factory.argo.server-url".formatted(this.status, getMessage());
		};
	}

}
