package dev.imagefactory.api;

import java.util.List;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;

/** What the OpenAPI document says beside what it reads from the controllers. */
final class OpenApiDocument {

	/** Where annotations refer to for a problem as the answer. */
	static final String PROBLEM = "#/components/responses/Problem";

	private static final String PROBLEM_TYPE = "application/problem+json";

	private static final String TOKEN = "token";

	private OpenApiDocument() {
	}

	/** The frame that the controllers' operations are put into. */
	static OpenAPI frame() {
		return new OpenAPI().info(new Info().title("Image Factory")
			.version("v1")
			.description(
					"Turns a release or a merge into a scanned, traceable container image, and tells what happened and why. Errors are application/problem+json; /problems explains every type. Times are RFC 3339 in UTC. Unknown query parameters and fields are refused.")
			.license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0")))
			.servers(List.of(new Server().url("/").description("this service")))
			.components(new Components()
				.addSecuritySchemes(TOKEN,
						new SecurityScheme().type(SecurityScheme.Type.HTTP)
							.scheme("bearer")
							.description("The admin token; a signed-in browser sends its session instead"))
				.addSchemas("Problem", problem())
				.addResponses("Problem", answer("A problem; type leads to its explanation")))
			.addSecurityItem(new SecurityRequirement().addList(TOKEN));
	}

	/** Adds what holds for every operation, and the webhook, which is no controller. */
	static void complete(OpenAPI document) {
		document.getPaths().forEach((path, item) -> item.readOperations().forEach((each) -> addProblems(path, each)));
		document.getPaths().addPathItem("/webhooks/github", new PathItem().post(webhook()));
		document.getPaths().putAll(probes());
	}

	private static void addProblems(String path, Operation operation) {
		ApiResponses answers = operation.getResponses();
		addIfAbsent(answers, "400");
		addIfAbsent(answers, "401");
		addIfAbsent(answers, "500");
		addIfAbsent(answers, "503");
		if (path.contains("{")) {
			addIfAbsent(answers, "404");
		}
	}

	private static void addIfAbsent(ApiResponses answers, String code) {
		answers.putIfAbsent(code, new ApiResponse().$ref(PROBLEM));
	}

	private static Operation webhook() {
		ApiResponses answers = new ApiResponses().addApiResponse("200", json("Ignored, a repeat, or a ping's pong"))
			.addApiResponse("202", json("Stored, and being planned"));
		List.of("400", "401", "408", "413", "415", "422", "503").forEach((code) -> addIfAbsent(answers, code));
		return new Operation().addTagsItem("webhooks")
			.operationId("receiveGitHub")
			.summary("Receive a delivery of GitHub")
			.description(
					"The raw body is verified against X-Hub-Signature-256 before it is parsed, and stored before the answer.")
			.security(List.of())
			.addParametersItem(header("X-Hub-Signature-256", "sha256= and 64 lower-case hexadecimal digits"))
			.addParametersItem(header("X-GitHub-Event", "Such as release"))
			.addParametersItem(header("X-GitHub-Delivery", "The delivery's GUID"))
			.requestBody(new RequestBody().required(true)
				.content(new Content().addMediaType("application/json",
						new MediaType().schema(new ObjectSchema().description("The event, at most 25 MB")))))
			.responses(answers);
	}

	private static Paths probes() {
		Paths paths = new Paths();
		List.of("liveness", "readiness")
			.forEach((probe) -> paths.addPathItem("/actuator/health/" + probe,
					new PathItem().get(new Operation().addTagsItem("health")
						.operationId(probe)
						.summary("Probe: " + probe)
						.security(List.of())
						.responses(new ApiResponses().addApiResponse("200", json("Well"))
							.addApiResponse("503", json("Not well"))))));
		return paths;
	}

	private static Parameter header(String name, String description) {
		return new Parameter().in("header")
			.name(name)
			.required(true)
			.description(description)
			.schema(new StringSchema());
	}

	private static ApiResponse json(String description) {
		return new ApiResponse().description(description)
			.content(new Content().addMediaType("application/json", new MediaType().schema(new ObjectSchema())));
	}

	private static ApiResponse answer(String description) {
		Schema<?> schema = new Schema<>().$ref("#/components/schemas/Problem");
		return new ApiResponse().description(description)
			.content(new Content().addMediaType(PROBLEM_TYPE, new MediaType().schema(schema)));
	}

	private static Schema<?> problem() {
		return new ObjectSchema().description("RFC 9457; some types add fields of their own")
			.addProperty("type", new StringSchema().example(ProblemType.NOT_FOUND.path()))
			.addProperty("title", new StringSchema())
			.addProperty("status", new IntegerSchema())
			.addProperty("detail", new StringSchema().description("What was wrong and what to do"))
			.addProperty("instance", new StringSchema());
	}

}
