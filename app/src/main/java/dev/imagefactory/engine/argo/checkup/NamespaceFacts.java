package dev.imagefactory.engine.argo.checkup;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What was seen of a namespace of builds.
 *
 * @param namespace its name
 * @param rights those of the asked ones that we have
 * @param templates what is installed, for each that the teams submit
 * @param pods the pods of Argo
 * @param accounts the accounts that the templates name; empty for one that is not there
 * @param secret the name of the Secret with the executor's token
 * @param tokenSecret whether that Secret is there
 * @param mountFailures what Kubernetes says of volumes that it cannot mount
 * @param workflows what our Workflows show
 */
record NamespaceFacts(String namespace, Sight<Set<Right>> rights, List<Installed> templates, Sight<List<PodFact>> pods,
		Map<String, Sight<Optional<JsonNode>>> accounts, String secret, Sight<Boolean> tokenSecret,
		Sight<List<String>> mountFailures, Sight<WorkflowFacts> workflows) {

	/** The pods that were seen and are of a kind, the newest first. */
	List<PodFact> newest(Predicate<PodFact> kind) {
		return this.pods.seen()
			.orElse(List.of())
			.stream()
			.filter(kind)
			.sorted(Comparator.comparing(PodFact::created).reversed())
			.toList();
	}

	/**
	 * What is installed for some teams.
	 *
	 * @param teams what their settings say
	 * @param names the names of the WorkflowTemplates
	 * @param specs their specs; empty for one that is not there
	 */
	record Installed(TeamTemplates teams, Map<Part, String> names, Map<Part, Sight<Optional<JsonNode>>> specs) {

		/** The installed template of a step, when it was seen. */
		Optional<StepTemplate> step(Part part) {
			return this.specs.get(part)
				.seen()
				.flatMap((spec) -> spec.map((seen) -> StepTemplate.of(part, seen)))
				.filter((step) -> !step.template().isMissingNode());
		}

		String name(Part part) {
			return this.names.getOrDefault(part, part.standardName());
		}

	}

	/**
	 * What Workflows of this installation show.
	 *
	 * @param untouched the oldest that the controller has not looked at
	 * @param forgotten one whose pods ended and that did not go on
	 * @param complaints what Argo says of those that ended in an error lately
	 */
	record WorkflowFacts(Optional<Since> untouched, Optional<Since> forgotten, List<String> complaints) {
	}

	/**
	 * A Workflow and a time.
	 *
	 * @param workflow its name
	 * @param since since when
	 */
	record Since(String workflow, Instant since) {
	}

}
