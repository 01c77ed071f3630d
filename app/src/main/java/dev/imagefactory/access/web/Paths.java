package dev.imagefactory.access.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Which paths are for whom. */
final class Paths {

	/** Whoever comes here brings their own proof, or needs none. */
	static final String[] OPEN = { "/webhooks/**", "/actuator/health/liveness", "/actuator/health/readiness",
			"/v3/api-docs", "/v3/api-docs/**", "/v3/api-docs.yaml", "/swagger-ui.html", "/swagger-ui/**", "/assets/**",
			"/favicon.ico", "/sign-in", "/problems", "/problems/**" };

	static final String SWAGGER = "/swagger-ui/**";

	private static final List<String> PROGRAMS = List.of("/api/", "/actuator/", "/webhooks/", "/v2/", "/v3/");

	/** A path of ours: no other host, nothing that a browser reads as one. */
	private static final Pattern OWN_PATH = Pattern
		.compile("/(?!/)(?:[A-Za-z0-9._~/:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2}){0,1000}");

	private Paths() {
	}

	/** Whether people look at it, rather than programs. */
	static boolean isPage(HttpServletRequest request) {
		String path = request.getRequestURI() + "/";
		return PROGRAMS.stream().noneMatch(path::startsWith);
	}

	/** The query that brings a person back to the page they wanted. */
	static String back(HttpServletRequest request) {
		String path = request.getRequestURI();
		return path.equals("/") ? "" : "?next=" + URLEncoder.encode(path, StandardCharsets.UTF_8);
	}

	/** Where to go after the sign-in: a path of ours, whatever was asked for. */
	static String next(@Nullable String wanted) {
		return (wanted != null && OWN_PATH.matcher(wanted).matches()) ? wanted : "/";
	}

}
