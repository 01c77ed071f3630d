package dev.imagefactory.access.web;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import dev.imagefactory.slice.Slice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Who gets in where: over real HTTP, through every filter. */
@ResourceLock(Slice.LOCK)
class GuardTests {

	private static final String BUILD = "/api/v1/builds/build-01jqzq4b7v3r5x8k2m9n0p1s6t";

	@BeforeEach
	void reset() {
		Slice.reset();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/health/liveness", "/actuator/health/readiness", "/v3/api-docs",
			"/swagger-ui/index.html", "/assets/image-factory.css", "/assets/image-factory.js", "/assets/icon.svg",
			"/sign-in", "/problems", "/problems/not-found" })
	void openPathWhenNobodyIsServed(String path) {
		assertThat(Slice.send(Slice.anonymous(path)).statusCode()).isEqualTo(200);
	}

	@Test
	void swaggerPageWhenNobodyLeadsToTheDocument() {
		assertThat(Slice.send(Slice.anonymous("/swagger-ui.html")).headers().firstValue("Location")).get()
			.asString()
			.endsWith("/swagger-ui/index.html");
	}

	@Test
	void webhooksWhenNobodyAreLeftToTheirOwnProof() {
		// No webhook is part of this slice: what matters is that nobody asks for a token.
		HttpResponse<String> answer = Slice.send(Slice.post(Slice.anonymous("/webhooks/github"), "{}"));
		assertThat(answer.statusCode()).isEqualTo(404);
	}

	@ParameterizedTest
	@CsvSource({ "GET,/api/v1/builds", "GET," + BUILD, "GET," + BUILD + "/history", "GET," + BUILD + "/logs",
			"GET,/api/v1/deliveries", "GET,/api/v1/deliveries/x", "POST,/api/v1/builds", "POST," + BUILD + "/cancel",
			"POST," + BUILD + "/rerun", "POST,/api/v1/deliveries/x/replay", "GET,/api/v1/nothing",
			"GET,/actuator/prometheus", "GET,/actuator/health", "GET,/actuator/env", "GET,/v2/", "POST,/", "DELETE,/x",
			"POST,/sign-out", "TRACE,/api/v1/builds" })
	void closedPathWhenNobodyAsksForAToken(String method, String path) {
		HttpResponse<String> answer = Slice
			.send(Slice.anonymous(path).method(method, HttpRequest.BodyPublishers.noBody()));
		if (method.equals("TRACE")) {
			assertThat(answer.statusCode()).isIn(400, 401, 405);
			return;
		}
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(answer.headers().firstValue("WWW-Authenticate")).get().asString().startsWith("Bearer");
		assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
		assertThat(Slice.json(answer).get("type").asText()).isEqualTo("/problems/sign-in-required");
	}

	@ParameterizedTest
	@CsvSource({ "/,/sign-in", "/builds/build-x,/sign-in?next=%2Fbuilds%2Fbuild-x",
			"/nothing,/sign-in?next=%2Fnothing" })
	void pageWhenNobodyLeadsToTheSignIn(String path, String target) {
		HttpResponse<String> answer = Slice.send(Slice.anonymous(path));
		assertThat(answer.statusCode()).isEqualTo(303);
		assertThat(answer.headers().firstValue("Location")).contains(target);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/v1/builds", "/actuator/prometheus", "/" })
	void closedPathWhenTheTokenIsRightIsServed(String path) {
		assertThat(Slice.send(Slice.admin(path)).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer", "Bearer ", "Bearer x", "Basic YWRtaW46YWRtaW4=", "token", "" })
	void authorizationWhenWrongIsRefusedEvenWithASession(String authorization) {
		HttpRequest.Builder request = Slice.anonymous("/api/v1/builds")
			.header("Cookie", Slice.session())
			.header("Authorization", authorization);
		assertThat(Slice.send(request).statusCode()).isEqualTo(401);
	}

	@Test
	void bearerWhenWrittenInAnotherCaseIsServed() {
		HttpRequest.Builder request = Slice.anonymous("/api/v1/builds")
			.header("Authorization", "bearer " + Slice.token());
		assertThat(Slice.send(request).statusCode()).isEqualTo(200);
	}

	@Test
	void linkWhenUsedTwiceSignsInOnce() {
		String path = "/sign-in?code=" + Slice.freshCode();
		HttpResponse<String> first = Slice.send(Slice.anonymous(path));
		assertThat(first.statusCode()).isEqualTo(303);
		assertThat(first.headers().firstValue("Location")).contains("/");
		String cookie = first.headers().firstValue("Set-Cookie").orElseThrow();
		assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Secure", "Max-Age=43200", "Path=/")
			.startsWith("__Host-image-factory=");
		HttpResponse<String> second = Slice.send(Slice.anonymous(path));
		assertThat(second.statusCode()).isEqualTo(403);
		assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
		assertThat(second.body()).contains("used already");
		assertThat(Slice.memory.audit.rows).singleElement().asString().startsWith("admin session.begin");
	}

	@Test
	void linkWhenFetchedAheadByHeadIsNotUsedUp() {
		String path = "/sign-in?code=" + Slice.freshCode();
		Slice.send(Slice.anonymous(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
		assertThat(Slice.send(Slice.anonymous(path)).statusCode()).isEqualTo(303);
	}

	@Test
	void sessionWhenRightIsServedAndWhenTwelveHoursOldIsNot() {
		String session = Slice.session();
		assertThat(Slice.send(Slice.anonymous("/api/v1/builds").header("Cookie", session)).statusCode()).isEqualTo(200);
		assertThat(Slice.send(Slice.anonymous("/").header("Cookie", session)).statusCode()).isEqualTo(200);
		Slice.setTime(Slice.now().plus(Duration.ofHours(12)));
		assertThat(Slice.send(Slice.anonymous("/api/v1/builds").header("Cookie", session)).statusCode()).isEqualTo(401);
	}

	@Test
	void sessionWhenForgedIsNobody() {
		String session = Slice.session();
		int last = session.lastIndexOf('.');
		List<String> forged = List.of(session.substring(0, last) + ".", session.substring(0, last),
				session.replace("YWRtaW4", "cm9vdA"), "__Host-image-factory=admin",
				"image-factory=" + session.split("=")[1]);
		assertThat(forged).allSatisfy((cookie) -> assertThat(
				Slice.send(Slice.anonymous("/api/v1/builds").header("Cookie", cookie)).statusCode())
			.isEqualTo(401));
	}

	@Test
	void formWhenTheTokenIsPastedSignsInAndGoesWhereItWasWanted() {
		HttpResponse<String> answer = paste("token=" + Slice.token() + "&next=%2Fbuilds%2Fx");
		assertThat(answer.statusCode()).isEqualTo(303);
		assertThat(answer.headers().firstValue("Location")).contains("/builds/x");
		assertThat(answer.headers().firstValue("Set-Cookie")).isPresent();
	}

	@ParameterizedTest
	@ValueSource(strings = { "//evil.example", "https://evil.example", "%2F%5Cevil.example", "javascript:alert(1)",
			"/\"><script>", "/%0d%0aX: y" })
	void formWhenTheNextPageIsForeignGoesHome(String next) {
		HttpResponse<String> answer = paste("token=" + Slice.token() + "&next=" + next);
		assertThat(answer.headers().firstValue("Location")).contains("/");
	}

	@Test
	void formWhenGuessedAtSlowsDownAndThenRefusesTheRightToken() {
		for (int i = 0; i < 10; i++) {
			assertThat(paste("token=wrong" + i).statusCode()).isEqualTo(403);
		}
		assertThat(paste("token=" + Slice.token()).statusCode()).isEqualTo(429);
		Slice.setTime(Slice.now().plus(Duration.ofMinutes(5)));
		assertThat(paste("token=" + Slice.token()).statusCode()).isEqualTo(303);
	}

	@Test
	void signOutWhenSignedInEndsTheSession() {
		HttpResponse<String> answer = Slice
			.send(Slice.post(Slice.anonymous("/sign-out").header("Cookie", Slice.session())));
		assertThat(answer.headers().firstValue("Location")).contains("/sign-in");
		assertThat(answer.headers().firstValue("Set-Cookie")).get().asString().contains("Max-Age=0");
	}

	@ParameterizedTest
	@CsvSource({ "images.example.com,200", "Images.Example.com,200", "images.example.com:443,200", "127.0.0.1,200",
			"127.0.0.1:9,200", "localhost:8080,200", "[::1]:8080,200", "evil.example,421",
			"images.example.com:8080,421", "images.example.com.evil.example,421", "127.0.0.1.evil.example,421",
			"localhost.evil.example:80,421", "2130706433,421" })
	void hostWhenNotOursIsRefused(String host, int status) {
		HttpResponse<String> answer = Slice.send(Slice.anonymous("/sign-in").header("Host", host));
		assertThat(answer.statusCode()).isEqualTo(status);
		if (status == 421) {
			assertThat(Slice.json(answer).get("type").asText()).isEqualTo("/problems/wrong-host");
		}
	}

	@Test
	void hostWhenNotOursIsAcceptedForWebhooksProbesAndTokens() {
		String evil = "10.1.2.3:8080";
		assertThat(Slice.send(Slice.post(Slice.anonymous("/webhooks/github").header("Host", evil), "{}")).statusCode())
			.isEqualTo(404);
		assertThat(Slice.send(Slice.anonymous("/actuator/health/liveness").header("Host", evil)).statusCode())
			.isEqualTo(200);
		assertThat(Slice.send(Slice.admin("/api/v1/builds").header("Host", evil)).statusCode()).isEqualTo(200);
		assertThat(Slice.send(Slice.anonymous("/api/v1/builds").header("Host", evil).header("Cookie", Slice.session()))
			.statusCode()).isEqualTo(421);
	}

	@ParameterizedTest
	@CsvSource({ "https://images.example.com,,404", ",same-origin,404", ",none,404", ",,404",
			"https://evil.example,,403", "null,,403", "https://evil.example,cross-site,403",
			"http://images.example.com,,403", "https://images.example.com:8443,,403",
			"https://images.example.com.evil.example,,403", "http://127.0.0.1:1,,403", ",cross-site,403",
			",same-site,403", "https://images.example.com,cross-site,403" })
	void originWhenForeignIsRefusedForASession(String origin, String site, int status) {
		for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
			HttpRequest.Builder request = Slice.anonymous(BUILD + "/cancel")
				.header("Cookie", Slice.session())
				.method(method, HttpRequest.BodyPublishers.noBody());
			if (origin != null) {
				request.header("Origin", origin);
			}
			if (site != null) {
				request.header("Sec-Fetch-Site", site);
			}
			HttpResponse<String> answer = Slice.send(request);
			assertThat(answer.statusCode()).isEqualTo((status == 404 && !method.equals("POST")) ? 405 : status);
			if (status == 403) {
				assertThat(Slice.json(answer).get("type").asText()).isEqualTo("/problems/foreign-origin");
			}
		}
	}

	@Test
	void originWhenTheSameLoopbackAddressIsAccepted() {
		HttpRequest.Builder request = Slice.post(Slice.anonymous(BUILD + "/cancel").header("Cookie", Slice.session()));
		request.header("Origin", "http://127.0.0.1:" + Slice.port()).header("Sec-Fetch-Site", "same-origin");
		assertThat(Slice.send(request).statusCode()).isEqualTo(404);
	}

	@Test
	void originWhenForeignIsNoMatterForATokenOrForReading() {
		HttpRequest.Builder change = Slice.post(Slice.admin(BUILD + "/cancel"))
			.header("Origin", "https://evil.example");
		assertThat(Slice.send(change).statusCode()).isEqualTo(404);
		HttpRequest.Builder read = Slice.anonymous("/sign-in").header("Sec-Fetch-Site", "cross-site");
		assertThat(Slice.send(read).statusCode()).isEqualTo(200);
	}

	@Test
	void headersWhenAPageAreStrict() {
		HttpResponse<String> answer = Slice.send(Slice.admin("/"));
		assertThat(answer.headers().firstValue("Content-Security-Policy")).get()
			.asString()
			.contains("default-src 'none'", "frame-ancestors 'none'", "script-src 'self'", "base-uri 'none'")
			.doesNotContain("unsafe", "*", "data:");
		assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
		assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
		assertThat(answer.headers().firstValue("Referrer-Policy")).contains("same-origin");
		assertThat(answer.headers().firstValue("Cache-Control")).get().asString().contains("no-store");
		assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/v1//builds", "/api/v1/builds/..%2f", "/api/v1/builds;x=1", "/%2e%2e/api" })
	void pathWhenCraftedIsAProblem(String path) {
		HttpResponse<String> answer = Slice.send(Slice.admin(path));
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(Slice.json(answer).get("type").asText()).isEqualTo("/problems/bad-request");
	}

	private static HttpResponse<String> paste(String form) {
		return Slice.send(Slice.anonymous("/sign-in")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString(form)));
	}

}
