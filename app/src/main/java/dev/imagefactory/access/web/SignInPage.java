package dev.imagefactory.access.web;

import java.net.URI;

import dev.imagefactory.access.AdminToken;
import dev.imagefactory.access.SignInCode;
import dev.imagefactory.access.WrongTries;
import dev.imagefactory.audit.Audit;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Begins and ends sessions: by the one-time link, or by the pasted admin token. */
@Controller
class SignInPage {

	private static final String FORM = "sign-in";

	private final SessionCookie cookie;

	private final AdminToken token;

	private final SignInCode code;

	private final WrongTries tries;

	private final Audit audit;

	SignInPage(SessionCookie cookie, AdminToken token, SignInCode code, WrongTries tries, Audit audit) {
		this.cookie = cookie;
		this.token = token;
		this.code = code;
		this.tries = tries;
		this.audit = audit;
	}

	/** The link uses its code up; HEAD, which some programs send ahead, must not. */
	@GetMapping("/sign-in")
	Object show(HttpServletRequest request, @RequestParam(required = false) @Nullable String code,
			@RequestParam(required = false) @Nullable String next) {
		if (code == null || !request.getMethod().equals("GET")) {
			return form(HttpStatus.OK, null, next);
		}
		return judge(request, this.code::redeem, code, next,
				"This link was used already, is older than an hour, or belongs to an earlier start. Restart the service for a fresh one, or paste the admin token.");
	}

	@PostMapping("/sign-in")
	Object signIn(HttpServletRequest request, @RequestParam(defaultValue = "") String token,
			@RequestParam(required = false) @Nullable String next) {
		return judge(request, this.token::matches, token.strip(), next,
				"This is not the admin token. The service names the token's file when it starts.");
	}

	@PostMapping("/sign-out")
	ResponseEntity<Void> signOut() {
		return goTo("/sign-in", this.cookie.end());
	}

	private Object judge(HttpServletRequest request, Check check, String shown, @Nullable String next, String refusal) {
		String address = request.getRemoteAddr();
		if (this.tries.mustWait(address)) {
			ModelAndView wait = form(HttpStatus.TOO_MANY_REQUESTS,
					"Too many wrong tries from your address. Wait five minutes, then try again.", next);
			return wait;
		}
		if (!check.accepts(shown)) {
			this.tries.count(address);
			return form(HttpStatus.FORBIDDEN, refusal, next);
		}
		this.audit.record(ActorFilter.ADMIN, "session.begin", ActorFilter.ADMIN, "from " + address);
		return goTo(Paths.next(next), this.cookie.begin(ActorFilter.ADMIN));
	}

	private static ModelAndView form(HttpStatus status, @Nullable String message, @Nullable String next) {
		ModelAndView page = new ModelAndView(FORM, status);
		page.addObject("message", message);
		page.addObject("next", Paths.next(next));
		return page;
	}

	private static ResponseEntity<Void> goTo(String path, String cookie) {
		return ResponseEntity.status(HttpStatus.SEE_OTHER)
			.location(URI.create(path))
			.header(HttpHeaders.SET_COOKIE, cookie)
			.build();
	}

	/** Judges what somebody shows. */
	private interface Check {

		boolean accepts(String shown);

	}

}
