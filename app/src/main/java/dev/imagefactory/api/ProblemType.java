package dev.imagefactory.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * Every kind of problem an answer can name, in one table: {@code type} is
 * {@code /problems/<slug>}, and that address explains it to people. Slugs never change.
 */
enum ProblemType {

	INVALID_PARAMETER(HttpStatus.BAD_REQUEST, "Invalid query parameter",
			"A query parameter is unknown here, is given twice, or has a value that is not accepted.",
			"Look at the detail: it names the parameter and what is accepted."),

	INVALID_BODY(HttpStatus.BAD_REQUEST, "Invalid body",
			"The body is not strict JSON in UTF-8, holds an unknown field, or lacks a needed one.",
			"Look at the detail: it names the field and what is accepted."),

	INVALID_HEADER(HttpStatus.BAD_REQUEST, "Invalid header", "A header has a value that is not accepted.",
			"Look at the detail: it names the header and what is accepted."),

	BAD_REQUEST(HttpStatus.BAD_REQUEST, "Bad request", "The request breaks a rule of HTTP or of this service.",
			"Compare the request with the OpenAPI document."),

	SIGN_IN_REQUIRED(HttpStatus.UNAUTHORIZED, "Sign-in required",
			"The request carries neither a valid token nor a valid session.",
			"Send 'Authorization: Bearer <token>', or sign in at /sign-in. The service names the token's file when it starts."),

	FORBIDDEN(HttpStatus.FORBIDDEN, "Forbidden", "You are signed in, but your role does not allow this.",
			"Ask an administrator."),

	FOREIGN_ORIGIN(HttpStatus.FORBIDDEN, "Foreign origin",
			"A browser says that a page of another site asked for this change.",
			"Use the pages of this service itself, or a program with a token. If the service moved to a new address, set image-factory.base-url."),

	NOT_FOUND(HttpStatus.NOT_FOUND, "Not found", "There is nothing under this address.",
			"Compare the path with the OpenAPI document."),

	BUILD_NOT_FOUND(HttpStatus.NOT_FOUND, "Build not found", "There is no build with this id.",
			"List the builds with GET /api/v1/builds. Ids look like build- and 26 lower-case characters."),

	DELIVERY_NOT_FOUND(HttpStatus.NOT_FOUND, "Delivery not found",
			"There is no delivery with this id or GUID: it never reached this service, or its signature was wrong.",
			"List the deliveries with GET /api/v1/deliveries, and look at the sender's own list of deliveries."),

	REPOSITORY_NOT_ONBOARDED(HttpStatus.NOT_FOUND, "Repository not onboarded",
			"No team has this repository in its settings.",
			"Add it under image-factory.teams[].repositories and restart, or correct the name."),

	METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "Method not allowed",
			"This address does not take this HTTP method.", "The Allow header names those it takes."),

	NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "Not acceptable",
			"The answer cannot be given in a format that the Accept header names.",
			"Accept application/json; for logs text/plain or text/event-stream."),

	BUILD_OVER(HttpStatus.CONFLICT, "Build is over", "The build has ended, so it cannot be cancelled.",
			"Nothing is to be done. The state tells how it ended."),

	BUILD_OPEN(HttpStatus.CONFLICT, "Build is open",
			"An attempt at the same order has not ended yet, so there is no other one beside it.",
			"Wait until it ends, or cancel it."),

	BODY_NOT_KEPT(HttpStatus.CONFLICT, "Body not kept",
			"The delivery's body is not stored (any more), so it cannot be planned again.",
			"Let the sender deliver it again, or ask for the build with POST /api/v1/builds."),

	CHANGED_MEANWHILE(HttpStatus.CONFLICT, "Changed meanwhile", "Somebody else changed the same thing just now.",
			"Read it again, then decide whether to repeat the request."),

	BODY_TOO_LARGE(HttpStatus.PAYLOAD_TOO_LARGE, "Body too large", "The body is larger than this address takes.",
			"Send less: the API takes 64 KiB, a dry run 1 MiB, a webhook 25 MB."),

	UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type",
			"The body is not of a type that this address takes.", "Send 'Content-Type: application/json'."),

	WRONG_HOST(HttpStatusCode.valueOf(421), "Wrong host",
			"The Host header names another host than this service's own address.",
			"Use the address in image-factory.base-url or a loopback address, or set image-factory.base-url to the right one."),

	REF_NOT_FOUND(HttpStatus.UNPROCESSABLE_ENTITY, "Ref not found", "The repository has no such branch, tag or commit.",
			"Push it first, or correct the name. Full refs are needed, such as refs/heads/main."),

	REQUEST_REFUSED(HttpStatus.UNPROCESSABLE_ENTITY, "Request refused",
			"A rule says that this cannot be built; the field 'reason' has its name.",
			"Look at the detail: it says what to change."),

	IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_ENTITY, "Idempotency key reused",
			"You sent this Idempotency-Key before, with another body.", "Use a fresh key for each new request."),

	INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "Internal error", "Something went wrong in the service itself.",
			"Give the field 'requestId' to whoever runs the service: the log has the cause under it."),

	SIGNATURE_INVALID(HttpStatus.UNAUTHORIZED, "Signature invalid",
			"The delivery has no X-Hub-Signature-256, or none that a live secret makes of its body.",
			"Give the hook at GitHub and the settings the same secret. Signatures of SHA-1 alone are not accepted."),

	SECRET_OUT_OF_SCOPE(HttpStatus.UNAUTHORIZED, "Secret out of scope",
			"The delivery is signed by a secret that may not speak for its repository.",
			"A repository with secrets of its own takes no other: give its hook one of those."),

	CONTENT_TYPE_UNSUPPORTED(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content type unsupported",
			"The delivery's body is not plain application/json in UTF-8.",
			"Set the hook's content type to application/json at GitHub."),

	HEADER_INVALID(HttpStatus.BAD_REQUEST, "Header invalid",
			"A header that a delivery needs is missing, malformed or given twice.",
			"Look at the detail: it names the header. GitHub itself sends them all."),

	JSON_MALFORMED(HttpStatus.BAD_REQUEST, "JSON malformed", "The delivery's body is signed but is not strict JSON.",
			"Look at what stands between GitHub and this service: something changed or made the body."),

	PAYLOAD_SHAPE(HttpStatus.UNPROCESSABLE_ENTITY, "Payload shape",
			"The delivery is not what its event promises: a field is missing or has another form.",
			"Look at the detail: it names the field. GitHub itself sends them all."),

	REPOSITORY_IDENTITY(HttpStatus.UNPROCESSABLE_ENTITY, "Repository identity",
			"The repository's name belongs to another repository that was seen before under it.",
			"If the repository was made anew on purpose, pin its id in the settings."),

	BODY_TRUNCATED(HttpStatus.BAD_REQUEST, "Body truncated", "The body ended before its announced length.",
			"Let the sender deliver it again."),

	BODY_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "Body timeout", "The body did not arrive within 20 seconds.",
			"Let the sender deliver it again; look at the network in between."),

	WEBHOOK_BUSY(HttpStatus.SERVICE_UNAVAILABLE, "Webhook busy",
			"As many large deliveries as this process takes at once are being received.",
			"Let the sender deliver it again after the time in Retry-After."),

	DELIVERY_NOT_STORED(HttpStatus.SERVICE_UNAVAILABLE, "Delivery not stored",
			"The delivery could not be stored, so it was not accepted.",
			"Let the sender deliver it again after the time in Retry-After. The database may be away or full."),

	INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "Internal error while receiving",
			"Something went wrong in the service while it received a delivery.",
			"Let the sender deliver it again. The service's log has the cause."),

	REPOSITORY_UNREACHABLE(HttpStatus.SERVICE_UNAVAILABLE, "Repository unreachable",
			"The repository's host did not answer, or refused our credentials.",
			"Try again after the time in Retry-After. If it stays, check the clone address and its credentials."),

	UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Unavailable",
			"Something that the service needs, such as its database, does not answer.",
			"Try again after the time in Retry-After. Nothing that was accepted is lost."),

	TOO_MANY_STREAMS(HttpStatus.SERVICE_UNAVAILABLE, "Too many streams",
			"As many logs as this process can stream are being followed.",
			"Close a page that follows a log, or read the log as text/plain.");

	private final HttpStatusCode status;

	private final String title;

	private final String meaning;

	private final String advice;

	ProblemType(HttpStatusCode status, String title, String meaning, String advice) {
		this.status = status;
		this.title = title;
		this.meaning = meaning;
		this.advice = advice;
	}

	/** Finds a type by the last part of its address. */
	static Optional<ProblemType> of(String slug) {
		return Arrays.stream(values()).filter((type) -> type.slug().equals(slug)).findFirst();
	}

	String slug() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** The address that stands in {@code type}. */
	String path() {
		return "/problems/" + slug();
	}

	HttpStatusCode status() {
		return this.status;
	}

	/** The status code, as pages show it. */
	int code() {
		return this.status.value();
	}

	String title() {
		return this.title;
	}

	/** What it means, in a sentence. */
	String meaning() {
		return this.meaning;
	}

	/** What to do about it, in a sentence. */
	String advice() {
		return this.advice;
	}

}
