package dev.imagefactory.access.web;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

import dev.imagefactory.access.AccessRefused;
import dev.imagefactory.access.AccessRefused.Reason;
import dev.imagefactory.access.BaseUrl;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses changes that a page of another site asks a visitor's browser for. Browsers say
 * where a change comes from, in Origin and in Sec-Fetch-Site; that replaces secret form
 * fields. Programs say nothing of the kind and hold no cookie that a foreign page could
 * use (SameSite=Lax).
 */
class OriginCheck extends OncePerRequestFilter {

	private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

	private final BaseUrl address;

	private final Refusals refusals;

	OriginCheck(BaseUrl address, Refusals refusals) {
		this.address = address;
		this.refusals = refusals;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (isExempt(request) || isOurs(request)) {
			chain.doFilter(request, response);
			return;
		}
		this.refusals.refuse(request, response, new AccessRefused(Reason.FOREIGN_ORIGIN,
				"A change made with a session must come from a page of %s itself. Programs send 'Authorization: Bearer <token>' instead of a cookie."
					.formatted(this.address)));
	}

	private static boolean isExempt(HttpServletRequest request) {
		return READING.contains(request.getMethod()) || request.getRequestURI().startsWith("/webhooks/")
				|| request.getHeader("Authorization") != null;
	}

	private boolean isOurs(HttpServletRequest request) {
		String site = request.getHeader("Sec-Fetch-Site");
		if (site != null && !OWN_SITE.contains(site)) {
			return false;
		}
		String origin = request.getHeader("Origin");
		if (origin == null || origin.equals(this.address.origin())) {
			return true;
		}
		String host = request.getHeader("Host").toLowerCase(Locale.ROOT);
		return HostCheck.isLoopback(host) && origin.equals("http://" + host);
	}

}
