package dev.imagefactory.engine.argo.checkup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What this version expects to be installed: the jar carries the files of
 * {@code workflow-templates/}.
 *
 * @param templates the specs of the WorkflowTemplates
 * @param rights what the service needs
 */
record ExpectedObjects(Map<Part, JsonNode> templates, List<Right> rights) {

	private static final String FOLDER = "/workflow-templates/";

	private static final ObjectMapper JSON = new ObjectMapper();

	/** Reads what the jar carries. */
	static ExpectedObjects ofThisVersion() {
		Map<Part, JsonNode> templates = new EnumMap<>(Part.class);
		for (Part part : Part.values()) {
			templates.put(part, read(part.file(), "WorkflowTemplate").path("spec"));
		}
		return new ExpectedObjects(templates, Right.of(read("service-access.yaml", "Role")));
	}

	/** The image's logical name, which kustomize maps. */
	String logicalImage(Part part) {
		return StepTemplate.of(part, this.templates.getOrDefault(part, JSON.nullNode())).image();
	}

	private static JsonNode read(String file, String kind) {
		List<JsonNode> objects = new ArrayList<>();
		try (InputStream in = ExpectedObjects.class.getResourceAsStream(FOLDER + file)) {
			if (in == null) {
				throw new IllegalStateException("The service has no file " + FOLDER + file);
			}
			new Yaml(new SafeConstructor(new LoaderOptions()))
				.loadAll(new String(in.readAllBytes(), StandardCharsets.UTF_8))
				.forEach((document) -> objects.add(JSON.valueToTree(document)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return objects.stream().filter((object) -> object.path("kind").asText().equals(kind)).findFirst().orElseThrow();
	}

}
