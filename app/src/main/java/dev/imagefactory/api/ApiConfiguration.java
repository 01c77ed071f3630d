package dev.imagefactory.api;

import java.util.Optional;

import dev.imagefactory.access.BaseUrl;
import dev.imagefactory.engine.RunLint;
import dev.imagefactory.engine.RunPages;
import dev.imagefactory.onboarding.Installation;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.submission.Runs;
import io.swagger.v3.oas.models.OpenAPI;
import org.apache.catalina.core.StandardHost;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the API together; its controllers are found by themselves. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {

	@Bean
	Links links(BaseUrl base, Optional<RunPages> pages) {
		return new Links(base, pages.orElseGet(RunPages::none));
	}

	@Bean
	WorkflowPreview workflowPreview(Runs runs, Onboarding onboarding, Registry registry, Installation installation,
			Optional<RunLint> lint) {
		return new WorkflowPreview(runs, onboarding, registry, installation, lint);
	}

	@Bean
	OpenAPI openApiFrame() {
		return OpenApiDocument.frame();
	}

	@Bean
	GlobalOpenApiCustomizer openApiRest() {
		return OpenApiDocument::complete;
	}

	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemReports() {
		return (tomcat) -> tomcat.addContextCustomizers((context) -> ((StandardHost) context.getParent())
			.setErrorReportValveClass(ProblemReports.class.getName()));
	}

	@Bean
	WebMvcConfigurer apiRequests() {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(new KnownParameters()).addPathPatterns("/api/**");
			}

		};
	}

}
