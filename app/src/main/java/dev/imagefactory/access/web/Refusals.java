package dev.imagefactory.access.web;

import dev.imagefactory.access.AccessRefused;
import dev.imagefactory.access.AccessRefused.Reason;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Answers refused requests: pages by the way to the sign-in page, everything else by the
 * handler that writes all our problems, so that a problem looks the same wherever it
 * comes from.
 */
class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

	private final HandlerExceptionResolver problems;

	Refusals(HandlerExceptionResolver problems) {
		this.problems = problems;
	}

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex) {
		boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
		if (reads && Paths.isPage(request) && request.getHeader("Authorization") == null) {
			response.setStatus(HttpServletResponse.SC_SEE_OTHER);
			response.setHeader("Location", "/sign-in" + Paths.back(request));
			return;
		}
		refuse(request, response, new AccessRefused(Reason.NOT_SIGNED_IN,
				"This needs 'Authorization: Bearer <token>' with a valid token, or a session. Sign in at /sign-in, or send the token whose file the service names when it starts."));
	}

	@Override
	public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException ex) {
		refuse(request, response,
				new AccessRefused(Reason.FORBIDDEN, "You are signed in, but your role does not allow this."));
	}

	void refuse(HttpServletRequest request, HttpServletResponse response, AccessRefused refused) {
		if (this.problems.resolveException(request, response, null, refused) == null) {
			throw refused;
		}
	}

}
