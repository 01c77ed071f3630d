package dev.imagefactory.engine.argo;

import java.util.List;

/** What the answer to a create means for the build. */
enum CreateVerdict {

	/** The Workflow is stored. */
	CREATED,

	/** Something with this name is there: go and compare. */
	EXISTS,

	/** It may be stored: go and look. */
	UNKNOWN,

	/** It is not stored, and may be later, when others have done something. */
	LATER,

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
	private static final List<String> PASSING = List.of("exceeded quota:", "\" cannot create resource \"",
			"because it is being terminated", "status unknown for quota:");

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
			case ApiAnswer.TOO_MANY, UNAUTHORIZED, ApiAnswer.NOT_FOUND -> LATER;
			case FORBIDDEN -> PASSING.stream().anyMatch(answer.words()::contains) ? LATER : REFUSED;
			default -> answer.isRefusal() ? REFUSED : LATER;
		};
	}

}
