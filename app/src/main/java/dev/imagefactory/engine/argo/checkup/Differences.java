package dev.imagefactory.engine.argo.checkup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.imagefactory.source.ShortText;

/**
 * Compares the spec of an installed WorkflowTemplate with ours. Lists of named things are
 * compared by name. Empty fields that only the other has are what Argo's own tools and
 * schemas write, and mean nothing. Some places are the administrator's, and some are
 * judged elsewhere.
 */
final class Differences {

	/** The administrator's: docs/how-to/install-the-templates.md lists them. */
	private static final Set<String> FREE = places("""
			spec.activeDeadlineSeconds
			spec.affinity
			spec.archiveLogs
			spec.artifactRepositoryRef
			spec.imagePullSecrets
			spec.nodeSelector
			spec.podPriorityClassName
			spec.tolerations
			spec.ttlStrategy
			spec.volumeClaimTemplates[].spec
			spec.templates[].activeDeadlineSeconds
			spec.templates[].affinity
			spec.templates[].nodeSelector
			spec.templates[].priorityClassName
			spec.templates[].tolerations
			spec.templates[].script.imagePullPolicy
			spec.templates[].script.resources
			""");

	/** Others judge these, and follow the names. */
	private static final Set<String> JUDGED_ELSEWHERE = places("""
			spec.serviceAccountName
			spec.templates[].serviceAccountName
			spec.templates[].script.image
			spec.templates[].dag.tasks[].templateRef.name
			""");

	/** More labels and annotations do no harm, but for those that give an identity. */
	private static final Set<String> OPEN = places("""
			spec.podMetadata.annotations
			spec.podMetadata.labels
			spec.workflowMetadata.annotations
			spec.workflowMetadata.labels
			spec.templates[].metadata.annotations
			spec.templates[].metadata.labels
			""");

	private static final String IDENTITY = "azure.workload.identity/";

	private static final String NOTHING = "nothing";

	private static final int LONGEST_VALUE = 60;

	private final List<Difference> found = new ArrayList<>();

	private Differences() {
	}

	private static Set<String> places(String lines) {
		return Set.copyOf(lines.lines().toList());
	}

	/**
	 * Compares.
	 * @param ours the spec as this version has it
	 * @param installed the spec as the API server has it
	 * @return every difference that matters, in the order of their places
	 */
	static List<Difference> between(JsonNode ours, JsonNode installed) {
		Differences differences = new Differences();
		differences.compare(new Place("spec", "spec"), ours, installed);
		return List.copyOf(differences.found);
	}

	private void compare(Place place, JsonNode ours, JsonNode theirs) {
		if (FREE.contains(place.pattern()) || JUDGED_ELSEWHERE.contains(place.pattern())) {
			return;
		}
		if (ours.isMissingNode() && isEmpty(theirs)) {
			return;
		}
		if (isOrMissing(ours, ours.isObject()) && theirs.isObject()) {
			compareFields(place, ours, theirs);
		}
		else if (ours.isArray() && theirs.isArray()) {
			compareElements(place, ours, theirs);
		}
		else if (!isSameValue(ours, theirs)) {
			add(place, ours, theirs);
		}
	}

	private static boolean isOrMissing(JsonNode node, boolean is) {
		return is || node.isMissingNode();
	}

	/** Nothing, or what stands for nothing. */
	private static boolean isEmpty(JsonNode node) {
		return node.isMissingNode() || node.isNull() || (node.isTextual() && node.asText().isEmpty())
				|| (node.isContainerNode() && node.isEmpty());
	}

	private void compareFields(Place place, JsonNode ours, JsonNode theirs) {
		Set<String> names = new TreeSet<>();
		ours.fieldNames().forEachRemaining(names::add);
		theirs.fieldNames().forEachRemaining(names::add);
		boolean open = OPEN.contains(place.pattern());
		for (String name : names) {
			if (!open || ours.has(name) || name.startsWith(IDENTITY)) {
				compare(place.field(name), ours.path(name), theirs.path(name));
			}
		}
	}

	private void compareElements(Place place, JsonNode ours, JsonNode theirs) {
		for (String key : List.of("name", "mountPath")) {
			Map<String, JsonNode> mine = byKey(ours, key);
			Map<String, JsonNode> others = byKey(theirs, key);
			if (mine.size() == ours.size() && others.size() == theirs.size()) {
				Stream.concat(mine.keySet().stream(), others.keySet().stream())
					.distinct()
					.forEach((name) -> compare(place.element(name), mine.getOrDefault(name, MissingNode.getInstance()),
							others.getOrDefault(name, MissingNode.getInstance())));
				return;
			}
		}
		for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
			compare(place.element(Integer.toString(i)), ours.path(i), theirs.path(i));
		}
	}

	private static Map<String, JsonNode> byKey(JsonNode list, String key) {
		Map<String, JsonNode> byKey = new LinkedHashMap<>();
		list.forEach((element) -> {
			if (element.path(key).isTextual()) {
				byKey.put(element.path(key).asText(), element);
			}
		});
		return byKey;
	}

	/** Argo takes numbers and texts for each other in some fields. */
	private static boolean isSameValue(JsonNode ours, JsonNode theirs) {
		return ours.equals(theirs)
				|| (ours.isValueNode() && theirs.isValueNode() && ours.isNumber() != theirs.isNumber()
						&& !ours.isBoolean() && !theirs.isBoolean() && ours.asText().equals(theirs.asText()));
	}

	private void add(Place place, JsonNode ours, JsonNode theirs) {
		if (ours.isTextual() && theirs.isTextual()) {
			List<String> mine = ours.asText().lines().toList();
			List<String> others = theirs.asText().lines().toList();
			if (mine.size() > 1 || others.size() > 1) {
				addLine(place, mine, others);
				return;
			}
		}
		this.found.add(new Difference(place.path(), shown(ours), shown(theirs)));
	}

	/** Of a script, the first line that is another. */
	private void addLine(Place place, List<String> mine, List<String> others) {
		int line = 0;
		while (line < mine.size() && line < others.size() && Objects.equals(mine.get(line), others.get(line))) {
			line++;
		}
		this.found
			.add(new Difference("%s line %d".formatted(place.path(), line + 1), line(mine, line), line(others, line)));
	}

	private static String line(List<String> lines, int line) {
		return (line < lines.size()) ? shown(JsonNodeFactory.instance.textNode(lines.get(line).strip())) : NOTHING;
	}

	private static String shown(JsonNode value) {
		if (value.isMissingNode()) {
			return NOTHING;
		}
		String text = value.isTextual() ? "'" + value.asText() + "'" : value.toString();
		return (text.length() <= LONGEST_VALUE) ? text : ShortText.of(text, LONGEST_VALUE) + "...";
	}

	/**
	 * A place in an object.
	 *
	 * @param path for people, with names of elements
	 * @param pattern for the rules, without
	 */
	private record Place(String path, String pattern) {

		Place field(String name) {
			return new Place(this.path + "." + name, this.pattern + "." + name);
		}

		Place element(String name) {
			return new Place(this.path + "[" + name + "]", this.pattern + "[]");
		}

	}

}
