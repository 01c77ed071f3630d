package dev.imagefactory.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.slice.Slice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

@ResourceLock(Slice.LOCK)
class OpenApiTests {

	private static final JsonNode DOCUMENT = Slice.json(Slice.send(Slice.anonymous("/v3/api-docs")));

	@Test
	void documentWhenReadHasEveryRouteOfTheApi() {
		List<String> routes = new ArrayList<>();
		Slice.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.getHandlerMethods()
			.forEach((mapping, method) -> {
				for (String path : mapping.getPatternValues()) {
					for (RequestMethod verb : mapping.getMethodsCondition().getMethods()) {
						if (path.startsWith("/api/")) {
							routes.add(verb.name().toLowerCase(Locale.ROOT) + " " + path);
						}
					}
				}
			});
		assertThat(routes).hasSizeGreaterThan(9);
		List<String> documented = new ArrayList<>();
		DOCUMENT.get("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.fieldNames()
				.forEachRemaining((verb) -> documented.add(verb + " " + path.getKey())));
		assertThat(documented).containsAll(routes)
			.contains("post /webhooks/github", "get /actuator/health/liveness", "get /actuator/health/readiness");
		assertThat(documented).hasSize((int) routes.stream().distinct().count() + 3);
	}

	@Test
	void documentWhenReadExplainsEveryOperation() {
		DOCUMENT.get("paths").forEach((path) -> path.forEach((operation) -> {
			assertThat(operation.get("summary").asText()).isNotEmpty();
			assertThat(operation.get("tags")).isNotEmpty();
			operation.path("parameters")
				.forEach((parameter) -> assertThat(parameter.get("name").asText()).doesNotContain("actor", "body"));
		}));
	}

	@Test
	void documentWhenReadNamesProblemsAndTheToken() {
		DOCUMENT.get("paths").properties().forEach((path) -> path.getValue().forEach((operation) -> {
			if (path.getKey().startsWith("/api/")) {
				assertThat(operation.get("responses").fieldNames()).toIterable().contains("400", "401", "500", "503");
			}
		}));
		JsonNode order = DOCUMENT.at("/paths/~1api~1v1~1builds/post");
		assertThat(order.at("/responses").fieldNames()).toIterable()
			.contains("202", "404", "422")
			.doesNotContain("200");
		assertThat(order.at("/requestBody/content/application~1json/schema/$ref").asText()).endsWith("/BuildRequest");
		assertThat(DOCUMENT.at("/components/securitySchemes/token/scheme").asText()).isEqualTo("bearer");
		assertThat(DOCUMENT.at("/components/schemas/Problem").isMissingNode()).isFalse();
		assertThat(DOCUMENT.at("/components/schemas/Build/properties/state/enum")).hasSize(13);
		assertThat(DOCUMENT.at("/paths/~1webhooks~1github/post/security")).isEmpty();
	}

}
