package dev.imagefactory.engine.argo;

import java.util.Map;

/** What the answer to a create means for the build. */
enum CreateVerdict {

	/** The Workflow is stored. */
	CREATED,

	/** Something with this name is there: go and compare. */
	EXISTS,

	/** It may be stored: go and look. */
	UNKNOWN,

	/** It is not stored, and may be later. */
	LATER,

	/** It is not stored until somebody makes room in the namespace. */
	QUOTA,

	/** It is not stored until the service gets its right in the namespace. */
	RIGHT_MISSING,

	/** It is not stored until the namespace is there and stays. */
	NAMESPACE_MISSING,

	/** Admission says no, and would say so each time. */
	REFUSED;

	private static final int UNAUTHORIZED = 401;

	private static final int FORBIDDEN = 403;

	private static final int REQUEST_TIMEOUT = 408;

	/**
	 * A quota, a missing right and a namespace that is going away are answered like the
	 * veto of an admission webhook; only the words tell them apart (Kubernetes,
	 * {@code plugin/pkg/admission/resourcequota},
	 * {@code endpoints/handlers/responsewriters} and
	 * {@code admission/plugin/namespace/lifecycle}).
	 */
	private static final Map<String, CreateVerdict> PASSING = Map.of("exceeded quota:", QUOTA,
			"status unknown for quota:", QUOTA, "\" cannot create resource \"", RIGHT_MISSING,
			"because it is being terminated", NAMESPACE_MISSING);

	/** A server without Argo's types answers 404 with other words. */
	private static final String NO_NAMESPACE = "namespaces \"";

	/**
	 * Judges an answer.
	 * @param answer what the API server answered to a create
	 */
	static CreateVerdict of(ApiAnswer answer) {
		if (answer.isGood()) {
			return CREATED;
		}
		if (answer.isFailure() || answer.code() == REQUEST_TIMEOUT) {
			return UNKNOWN;
		}
		return switch (answer.code()) {
			case ApiAnswer.CONFLICT -> EXISTS;
			case ApiAnswer.TOO_MANY, UNAUTHORIZED -> LATER;
			case ApiAnswer.NOT_FOUND -> answer.words().startsWith(NO_NAMESPACE) ? NAMESPACE_MISSING : LATER;
			case FORBIDDEN -> forbidden(answer.words());
			default -> answer.isRefusal() ? REFUSED : LATER;
		};
	}

	private static CreateVerdict forbidden(String words) {
		return PASSING.entrySet()
			.stream()
			.filter((passing) -> words.contains(passing.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(REFUSED);
	}

}
