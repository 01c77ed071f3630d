package dev.imagefactory.manifests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of {@code workflow-templates/}, read as objects. */
final class Manifests {

	/** Where they lie. */
	static final Path FOLDER = Path.of("workflow-templates");

	private static final ObjectMapper JSON = new ObjectMapper();

	private Manifests() {
	}

	/**
	 * Everything that is installed.
	 * @return the objects of all files that the kustomization names
	 */
	static List<JsonNode> installed() {
		return elements(kustomization().path("resources"))
			.flatMap((file) -> read(FOLDER.resolve(file.asText())).stream())
			.toList();
	}

	/**
	 * What {@code kubectl apply -k} begins with.
	 * @return the kustomization
	 */
	static JsonNode kustomization() {
		return read(FOLDER.resolve("kustomization.yaml")).getFirst();
	}

	/**
	 * The installed WorkflowTemplates.
	 * @return them by their names
	 */
	static Map<String, JsonNode> workflowTemplates() {
		Map<String, JsonNode> byName = new TreeMap<>();
		installed().stream()
			.filter((object) -> object.path("kind").asText().equals("WorkflowTemplate"))
			.forEach((object) -> byName.put(object.at("/metadata/name").asText(), object));
		return byName;
	}

	/**
	 * The templates that become pods.
	 * @return them by the names of their WorkflowTemplates, which have one each
	 */
	static Map<String, JsonNode> steps() {
		Map<String, JsonNode> steps = new TreeMap<>();
		workflowTemplates().forEach(
				(name, object) -> elements(object.at("/spec/templates")).filter((template) -> template.has("script"))
					.forEach((template) -> {
						if (steps.put(name, template) != null) {
							throw new IllegalStateException(name + " has more than one step");
						}
					}));
		return steps;
	}

	/**
	 * The elements of a list.
	 * @param list the list; may be absent
	 * @return its elements
	 */
	static Stream<JsonNode> elements(JsonNode list) {
		return StreamSupport.stream(list.spliterator(), false);
	}

	/**
	 * The names of a list's elements.
	 * @param list the list; may be absent
	 * @return the names
	 */
	static List<String> names(JsonNode list) {
		return elements(list).map((element) -> element.path("name").asText()).toList();
	}

	/**
	 * Reads a file of YAML documents.
	 * @param file the file
	 * @return its objects
	 */
	static List<JsonNode> read(Path file) {
		try {
			return parse(Files.readString(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Reads YAML documents.
	 * @param text their text
	 * @return its objects
	 */
	static List<JsonNode> parse(String text) {
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		options.setCodePointLimit(50_000_000);
		List<JsonNode> objects = new ArrayList<>();
		new Yaml(new SafeConstructor(options)).loadAll(text)
			.forEach((document) -> objects.add(JSON.valueToTree(document)));
		return objects;
	}

}
