package dev.imagefactory.api;

import java.net.URI;
import java.time.Clock;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.access.AccessRefused;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.intake.SilentDatabase;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;

/** Writes every problem: the one place where exceptions become answers. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class Problems extends ResponseEntityExceptionHandler {

	private static final Logger log = LoggerFactory.getLogger(Problems.class);

	private static final String RETRY_SECONDS = "5";

	private final Clock clock;

	Problems(Clock clock) {
		this.clock = clock;
	}

	@ExceptionHandler
	ResponseEntity<Object> refused(AccessRefused ex) {
		return switch (ex.reason()) {
			case NOT_SIGNED_IN -> answer(ProblemType.SIGN_IN_REQUIRED, ex.getMessage());
			case FORBIDDEN -> answer(ProblemType.FORBIDDEN, ex.getMessage());
			case WRONG_HOST -> answer(ProblemType.WRONG_HOST, ex.getMessage());
			case FOREIGN_ORIGIN -> answer(ProblemType.FOREIGN_ORIGIN, ex.getMessage());
		};
	}

	@ExceptionHandler
	ResponseEntity<Object> problem(ApiProblem ex) {
		ProblemDetail body = body(ex.type(), ex.getMessage());
		ex.facts().forEach(body::setProperty);
		return answer(ex.type(), body, HttpHeaders.EMPTY);
	}

	@ExceptionHandler
	ResponseEntity<Object> changed(BuildChanged ex) {
		return answer(ProblemType.CHANGED_MEANWHILE, ex.getMessage() + ". Read it again, then decide.");
	}

	private static ResponseEntity<Object> silent(Exception ex) {
		log.warn("The database does not answer: {}", ex.toString());
		return answer(ProblemType.UNAVAILABLE, "The database does not answer now. Try again in a few seconds.");
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> unexpected(Exception ex, HttpServletRequest request) {
		if (SilentDatabase.isMeantBy(ex)) {
			return silent(ex);
		}
		if (DisconnectedClientHelper.isClientDisconnectedException(ex)) {
			return null;
		}
		String id = UlidCreator.getMonotonicUlid(this.clock.millis()).toString();
		log.error("Request {} ({} {}) failed", id, request.getMethod(), Words.printable(request.getRequestURI()), ex);
		ProblemDetail body = body(ProblemType.INTERNAL,
				"Something went wrong in the service. Its log has the cause under the request id.");
		body.setProperty("requestId", id);
		return answer(ProblemType.INTERNAL, body, HttpHeaders.EMPTY);
	}

	/**
	 * Spring's own refusals keep their status and headers, and get our type and words.
	 */
	@Override
	protected @Nullable ResponseEntity<Object> handleExceptionInternal(Exception ex, @Nullable Object body,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		if (status.is5xxServerError() && !status.isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)) {
			return unexpected(ex, ((ServletWebRequest) request).getRequest());
		}
		ProblemType type = ofStatus(status);
		HttpServletRequest asked = ((ServletWebRequest) request).getRequest();
		return answer(type, body(type, Refusals.detail(ex, asked).orElse(type.meaning())), headers);
	}

	/** What remains for problems that only have a status. */
	static ProblemType ofStatus(HttpStatusCode status) {
		return switch (status.value()) {
			case 401 -> ProblemType.SIGN_IN_REQUIRED;
			case 403 -> ProblemType.FORBIDDEN;
			case 404 -> ProblemType.NOT_FOUND;
			case 405 -> ProblemType.METHOD_NOT_ALLOWED;
			case 406 -> ProblemType.NOT_ACCEPTABLE;
			case 413 -> ProblemType.BODY_TOO_LARGE;
			case 415 -> ProblemType.UNSUPPORTED_MEDIA_TYPE;
			case 503 -> ProblemType.UNAVAILABLE;
			default -> status.is4xxClientError() ? ProblemType.BAD_REQUEST : ProblemType.INTERNAL;
		};
	}

	static ResponseEntity<Object> answer(ProblemType type, @Nullable String detail) {
		return answer(type, body(type, detail), HttpHeaders.EMPTY);
	}

	private static ProblemDetail body(ProblemType type, @Nullable String detail) {
		ProblemDetail body = ProblemDetail.forStatusAndDetail(type.status(), detail);
		body.setType(URI.create(type.path()));
		body.setTitle(type.title());
		return body;
	}

	private static ResponseEntity<Object> answer(ProblemType type, ProblemDetail body, HttpHeaders headers) {
		ResponseEntity.BodyBuilder answer = ResponseEntity.status(type.status()).headers(headers);
		if (type == ProblemType.SIGN_IN_REQUIRED) {
			answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"image-factory\"");
		}
		if (type.status().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)) {
			answer.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
		}
		return answer.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(body);
	}

}
