package dev.imagefactory.access.web;

import dev.imagefactory.access.AdminToken;
import dev.imagefactory.access.BaseUrl;
import dev.imagefactory.access.Sessions;
import jakarta.servlet.DispatcherType;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderNotFoundException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.WebSecurityCustomizer;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.header.writers.ContentSecurityPolicyHeaderWriter;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Default deny: what is not on the list of open paths needs the admin. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

	private static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
			+ "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

	/** Swagger UI draws its icons from data addresses and sets styles of its own. */
	private static final String SWAGGER_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; "
			+ "script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

	@Bean
	SessionCookie sessionCookie(Sessions sessions, BaseUrl address) {
		return new SessionCookie(sessions, address);
	}

	@Bean
	Refusals refusals(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
		return new Refusals(problems);
	}

	/** There are no passwords; without this, Spring Boot would make one up. */
	@Bean
	AuthenticationManager authenticationManager() {
		return (authentication) -> {
			throw new ProviderNotFoundException("There are no passwords here");
		};
	}

	/** Deliveries prove themselves by their signature, and there may be many. */
	@Bean
	WebSecurityCustomizer webhooksOutsideOfSignIn() {
		return (web) -> web.ignoring()
			.requestMatchers(PathPatternRequestMatcher.withDefaults().matcher("/webhooks/**"));
	}

	@Bean
	SecurityFilterChain securityFilterChain(HttpSecurity http, BaseUrl address, AdminToken token, SessionCookie cookie,
			Refusals refusals) throws Exception {
		return http.csrf(AbstractHttpConfigurer::disable) // the Origin check does its
															// work
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.requestCache(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.headers(SecurityConfiguration::headers)
			.addFilterBefore(new HostCheck(address, refusals), AnonymousAuthenticationFilter.class)
			.addFilterBefore(new OriginCheck(address, refusals), AnonymousAuthenticationFilter.class)
			.addFilterBefore(new ActorFilter(token, cookie), AnonymousAuthenticationFilter.class)
			.exceptionHandling((refused) -> refused.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
			.authorizeHttpRequests((paths) -> paths
				// The request that these belong to was judged already.
				.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
				.permitAll()
				.requestMatchers(Paths.OPEN)
				.permitAll()
				.anyRequest()
				.hasRole("ADMIN"))
			.build();
	}

	private static void headers(HeadersConfigurer<HttpSecurity> headers) {
		RequestMatcher swagger = PathPatternRequestMatcher.withDefaults().matcher(Paths.SWAGGER);
		headers.frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
			.referrerPolicy((referrer) -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
			.addHeaderWriter(policy(new NegatedRequestMatcher(swagger), POLICY))
			.addHeaderWriter(policy(swagger, SWAGGER_POLICY));
	}

	private static HeaderWriter policy(RequestMatcher where, String policy) {
		return new DelegatingRequestMatcherHeaderWriter(where, new ContentSecurityPolicyHeaderWriter(policy));
	}

}
