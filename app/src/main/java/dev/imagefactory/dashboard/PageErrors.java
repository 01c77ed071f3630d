package dev.imagefactory.dashboard;

import java.time.Clock;
import java.util.List;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.intake.SilentDatabase;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Tells a person in a browser, on a page, what went wrong; programs get problems from
 * elsewhere.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class PageErrors implements HandlerExceptionResolver {

	private static final Logger log = LoggerFactory.getLogger(PageErrors.class);

	private static final List<String> PROGRAMS = List.of("/api/", "/actuator/", "/webhooks/", "/v2/", "/v3/");

	private final Clock clock;

	PageErrors(Clock clock) {
		this.clock = clock;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (!isForPerson(request)) {
			return null;
		}
		if (ex instanceof ErrorResponse told && told.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND)) {
			return message(HttpStatus.NOT_FOUND, "No such page", "There is nothing under this address.");
		}
		if (SilentDatabase.isMeantBy(ex)) {
			log.warn("The database does not answer: {}", ex.toString());
			response.setHeader("Retry-After", "5");
			return message(HttpStatus.SERVICE_UNAVAILABLE, "Not available now",
					"The database does not answer. Nothing that was accepted is lost; load this page again in a few seconds.");
		}
		return (ex instanceof ErrorResponse || isOurs(ex)) ? null : unexpected(request, ex);
	}

	/** Refusals that explain themselves are told by whoever made them. */
	private static boolean isOurs(Exception ex) {
		return ex.getClass().getName().startsWith("dev.imagefactory.");
	}

	private ModelAndView unexpected(HttpServletRequest request, Exception ex) {
		String id = UlidCreator.getMonotonicUlid(this.clock.millis()).toString();
		log.error("Request {} ({} a page) failed", id, request.getMethod(), ex);
		return message(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong",
				"The service could not make this page. Its log has the cause under request " + id + ".");
	}

	private static boolean isForPerson(HttpServletRequest request) {
		String accept = request.getHeader("Accept");
		String path = request.getRequestURI();
		return accept != null && accept.contains("text/html") && PROGRAMS.stream().noneMatch(path::startsWith);
	}

	static ModelAndView message(HttpStatus status, String title, String text) {
		ModelAndView page = new ModelAndView("message", status);
		page.addObject("title", title);
		page.addObject("text", text);
		return page;
	}

}
