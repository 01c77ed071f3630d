package dev.imagefactory.access.web;

import java.time.Duration;
import java.util.Optional;

import dev.imagefactory.access.BaseUrl;
import dev.imagefactory.access.Sessions;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.ResponseCookie;
import org.springframework.web.util.WebUtils;

/** The cookie that carries a session: no script reads it and no other site sends it. */
class SessionCookie {

	private final Sessions sessions;

	private final boolean secure;

	SessionCookie(Sessions sessions, BaseUrl address) {
		this.sessions = sessions;
		this.secure = address.isSecure();
	}

	/** The Set-Cookie header that begins a session. */
	String begin(String actor) {
		return cookie(this.sessions.begin(actor), Sessions.LENGTH);
	}

	/** The Set-Cookie header that makes the browser forget its session. */
	String end() {
		return cookie("", Duration.ZERO);
	}

	/** Whose session a request is part of. */
	Optional<String> actor(HttpServletRequest request) {
		Cookie cookie = WebUtils.getCookie(request, name());
		return (cookie != null) ? this.sessions.actor(cookie.getValue()) : Optional.empty();
	}

	/** With the prefix, browsers take the cookie from this very host over TLS only. */
	private String name() {
		return this.secure ? "__Host-image-factory" : "image-factory";
	}

	private String cookie(String value, Duration age) {
		return ResponseCookie.from(name(), value)
			.path("/")
			.httpOnly(true)
			.sameSite("Lax")
			.secure(this.secure)
			.maxAge(age)
			.build()
			.toString();
	}

}
