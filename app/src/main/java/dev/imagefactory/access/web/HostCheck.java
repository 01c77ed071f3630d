package dev.imagefactory.access.web;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.imagefactory.access.AccessRefused;
import dev.imagefactory.access.AccessRefused.Reason;
import dev.imagefactory.access.BaseUrl;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests whose Host is not ours: a page of another site can make its own name
 * point at this machine, and its visitors' browsers would then talk to us with that name
 * (DNS rebinding). Probes and webhooks come under many names and carry no session; nor
 * does a request with an Authorization header, which no foreign page can add.
 */
class HostCheck extends OncePerRequestFilter {

	private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

	private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

	private final BaseUrl address;

	private final Refusals refusals;

	HostCheck(BaseUrl address, Refusals refusals) {
		this.address = address;
		this.refusals = refusals;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (isExempt(request) || isOurs(request.getHeader("Host"))) {
			chain.doFilter(request, response);
			return;
		}
		this.refusals.refuse(request, response, new AccessRefused(Reason.WRONG_HOST,
				"This service is reached as %s or by a loopback address. If the name in your request is right, set image-factory.base-url to it."
					.formatted(this.address)));
	}

	private boolean isExempt(HttpServletRequest request) {
		String path = request.getRequestURI();
		return path.startsWith("/webhooks/") || path.startsWith("/actuator/")
				|| request.getHeader("Authorization") != null;
	}

	private boolean isOurs(@Nullable String host) {
		if (host == null) {
			return false;
		}
		String name = host.toLowerCase(Locale.ROOT);
		return isLoopback(name) || name.equals(this.address.authority()) || name.equals(withPort(this.address));
	}

	static boolean isLoopback(String host) {
		return LOOPBACK.contains(PORT.matcher(host).replaceFirst(""));
	}

	private static String withPort(BaseUrl address) {
		int standard = address.isSecure() ? 443 : 80;
		return address.host() + ":" + ((address.port() == -1) ? standard : address.port());
	}

}
