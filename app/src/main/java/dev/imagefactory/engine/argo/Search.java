package dev.imagefactory.engine.argo;

import java.util.Optional;
import java.util.Set;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/**
 * Looks for the Workflow of a run: where it was last, and then everywhere, because the
 * settings may have changed.
 *
 * @param workflows the Workflows
 * @param ownership tells our Workflows from others
 * @param places where runs were seen
 */
record Search(WorkflowApi workflows, Ownership ownership, Places places) {

	/**
	 * Looks for a run of whichever team.
	 * @param build the build whose run it is
	 * @return its Workflow; empty when there is none of ours
	 * @throws EngineUnavailable when that is not known
	 */
	Optional<GenericKubernetesResource> of(BuildId build) {
		return of(build, this.places.last(build));
	}

	/**
	 * Looks for a run of a team.
	 * @param build the build whose run it is
	 * @param team the team
	 * @return its Workflow; empty when there is none of ours
	 * @throws EngineUnavailable when that is not known
	 */
	Optional<GenericKubernetesResource> of(BuildId build, TeamName team) {
		return of(build, this.places.likely(build, team));
	}

	/**
	 * A namespace in which the account may not even look is none in which it has run
	 * something, unless that is known: one team whose namespace is not prepared, or is
	 * gone, must not keep everybody from hearing what became of their runs.
	 */
	private Optional<GenericKubernetesResource> of(BuildId build, Set<String> likely) {
		for (String namespace : this.places.of(build)) {
			try {
				Optional<GenericKubernetesResource> found = this.workflows.find(namespace, build.value())
					.filter(this.ownership::isOurs);
				if (found.isPresent()) {
					this.places.remember(build, namespace);
					return found;
				}
			}
			catch (WorkflowApi.Forbidden ex) {
				if (likely.isEmpty() || likely.contains(namespace)) {
					throw ex;
				}
			}
		}
		return Optional.empty();
	}

}
