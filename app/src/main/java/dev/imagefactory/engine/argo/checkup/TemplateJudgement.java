package dev.imagefactory.engine.argo.checkup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.Installed;
import dev.imagefactory.engine.argo.checkup.Sight.Hidden;
import dev.imagefactory.engine.argo.checkup.Sight.Seen;

/** Judges whether the installed templates are what this version expects. */
final class TemplateJudgement {

	static final String TEMPLATES = "templates";

	static final String IMAGES = "images";

	/** Of the images as well: what maps them is what installs the templates. */
	static final String APPLY = "kubectl apply -k workflow-templates/ (or your own kustomization that has it under resources)";

	private static final String PIN = "sh workflow-templates/pin-images.sh && kubectl apply -k workflow-templates/";

	private static final Pattern PINNED = Pattern.compile(".+@sha256:[0-9a-f]{64}");

	private static final int MOST_SHOWN = 3;

	private TemplateJudgement() {
	}

	/**
	 * Compares the templates of some teams with ours.
	 * @param namespace where they are
	 * @param installed what is there
	 * @param expected what this version has
	 * @return the check
	 */
	static Check templates(String namespace, Installed installed, ExpectedObjects expected) {
		List<String> wrong = new ArrayList<>();
		for (Part part : Part.values()) {
			String name = installed.name(part);
			switch (installed.specs().get(part)) {
				case Hidden<Optional<JsonNode>>(String why, String fix) -> {
					return Check.cannotSee(TEMPLATES, namespace, "The WorkflowTemplate %s: %s".formatted(name, why),
							fix);
				}
				case Seen<Optional<JsonNode>>(Optional<JsonNode> spec) when spec.isEmpty() ->
					wrong.add("%s is not installed.".formatted(name));
				case Seen<Optional<JsonNode>>(Optional<JsonNode> spec) ->
					compare(name, expected.templates().get(part), spec.get()).ifPresent(wrong::add);
			}
		}
		String names = Part.STEPS.stream().map(installed::name).collect(Collectors.joining(", "));
		String all = "%s, %s and its steps %s".formatted(installed.name(Part.PIPELINE), installed.name(Part.RETAG),
				names);
		return wrong.isEmpty()
				? Check.ok(TEMPLATES, namespace, "Installed, and as this version expects: %s.".formatted(all))
				: Check.wrong(TEMPLATES, namespace, String.join(" ", wrong), APPLY);
	}

	private static Optional<String> compare(String name, JsonNode ours, JsonNode installed) {
		List<Difference> differences = Differences.between(ours, installed);
		if (differences.isEmpty()) {
			return Optional.empty();
		}
		String shown = differences.stream()
			.limit(MOST_SHOWN)
			.map(Difference::toString)
			.collect(Collectors.joining("; "));
		int rest = differences.size() - MOST_SHOWN;
		return Optional
			.of("%s differs: %s%s.".formatted(name, shown, (rest > 0) ? "; and %d more".formatted(rest) : ""));
	}

	/**
	 * Looks which images run.
	 * @param namespace where the templates are
	 * @param installed what is there
	 * @param expected what this version has
	 * @return the check
	 */
	static Check images(String namespace, Installed installed, ExpectedObjects expected) {
		List<String> unmapped = new ArrayList<>();
		List<String> unpinned = new ArrayList<>();
		for (Part part : Part.values()) {
			Optional<StepTemplate> step = installed.step(part);
			if (step.isEmpty()) {
				return Check.cannotSee(IMAGES, namespace,
						"The WorkflowTemplate %s was not seen; see the check templates."
							.formatted(installed.name(part)),
						APPLY);
			}
			for (String image : step.get().images()) {
				if (image.equals(expected.logicalImage(part))) {
					unmapped.add("%s: %s".formatted(installed.name(part), image));
				}
				else if (!PINNED.matcher(image).matches()) {
					unpinned.add("%s: %s".formatted(installed.name(part), image));
				}
			}
		}
		return images(namespace, unmapped, unpinned);
	}

	private static Check images(String namespace, List<String> unmapped, List<String> unpinned) {
		if (!unmapped.isEmpty()) {
			return Check.wrong(IMAGES, namespace,
					"These are no images but the names that kustomize maps: %s.".formatted(String.join(", ", unmapped)),
					APPLY);
		}
		return unpinned.isEmpty() ? Check.ok(IMAGES, namespace, "Every image is pinned by its digest.") : Check.wrong(
				IMAGES, namespace,
				"Not pinned by a digest, so that others decide what runs: %s.".formatted(String.join(", ", unpinned)),
				PIN);
	}

}
