package dev.imagefactory.access.web;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

import dev.imagefactory.access.AdminToken;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who asks. A request with an Authorization header is judged by that alone, so
 * that a wrong token is never covered up by a cookie.
 */
class ActorFilter extends OncePerRequestFilter {

	static final String ADMIN = "admin";

	private static final String BEARER = "bearer ";

	private final AdminToken token;

	private final SessionCookie cookie;

	ActorFilter(AdminToken token, SessionCookie cookie) {
		this.token = token;
		this.cookie = cookie;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		actor(request).ifPresent(ActorFilter::remember);
		chain.doFilter(request, response);
	}

	private Optional<String> actor(HttpServletRequest request) {
		String authorization = request.getHeader("Authorization");
		if (authorization == null) {
			return this.cookie.actor(request);
		}
		boolean bearer = authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
		boolean right = bearer && this.token.matches(authorization.substring(BEARER.length()).strip());
		return right ? Optional.of(ADMIN) : Optional.empty();
	}

	private static void remember(String actor) {
		SecurityContext context = SecurityContextHolder.createEmptyContext();
		context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(actor, null,
				AuthorityUtils.createAuthorityList("ROLE_ADMIN")));
		SecurityContextHolder.setContext(context);
	}

}
