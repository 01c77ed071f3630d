package dev.imagefactory.engine.argo;

import java.util.Optional;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.PlaceClosed;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.rendering.Site;
import dev.imagefactory.rendering.Unrenderable;
import dev.imagefactory.rendering.WorkflowRenderer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a run's Workflow exist, once: the name is the build's, so that a create whose
 * answer was lost is found again, by its name or because the next one collides with it.
 */
final class Creation {

	private static final Logger logger = LoggerFactory.getLogger(Creation.class);

	private static final String REFUSED = "workflow-refused";

	/** The word for a right that the service does not have in a namespace. */
	static final String RIGHT_MISSING = "right-missing";

	private final WorkflowApi workflows;

	private final Ownership ownership;

	Creation(WorkflowApi workflows, Ownership ownership) {
		this.workflows = workflows;
		this.ownership = ownership;
	}

	/**
	 * Creates the Workflow of a run, or finds it created already.
	 * @param run the run
	 * @param site where it goes
	 * @return what became of it
	 * @throws EngineUnavailable when it is not there and may be later
	 */
	Submission of(Run run, Site site) {
		GenericKubernetesResource wanted;
		try {
			wanted = WorkflowObjects.toResource(WorkflowRenderer.render(run, site, false));
		}
		catch (Unrenderable ex) {
			return errored(REFUSED, ex.getMessage() + ". Ask for a new build when that is changed.");
		}
		try {
			return judge(run, wanted, this.workflows.create(wanted));
		}
		catch (OutcomeUnknown ex) {
			return look(run, wanted, ex);
		}
	}

	private Submission judge(Run run, GenericKubernetesResource wanted, ApiAnswer answer) {
		return switch (CreateVerdict.of(answer)) {
			case CREATED -> new Submission.Accepted();
			case EXISTS, UNKNOWN -> look(run, wanted, later(run, wanted, answer));
			case LATER -> throw later(run, wanted, answer);
			case QUOTA -> throw closed(run, wanted, answer, "quota",
					"The quota of the namespace %s leaves no room for the Workflow %s",
					"Raise the quota, or delete what nobody needs there");
			case RIGHT_MISSING -> throw closed(run, wanted, answer, RIGHT_MISSING,
					"The namespace %s is missing, or the service may not create anything in it, so not the Workflow %s either; Kubernetes does not tell which",
					"Create the namespace if it is missing, and give the service's account the Role of workflow-templates/service-access.yaml there");
			case NAMESPACE_MISSING -> throw closed(run, wanted, answer, "namespace-missing",
					"The namespace %s is not there, or is going away, so the Workflow %s cannot be created",
					"Create it and install the templates there");
			case REFUSED -> errored(REFUSED,
					("The Kubernetes API refused the Workflow of this build in the namespace %s: %s. Nothing has run. "
							+ "Ask whoever runs the cluster, and ask for a new build when that is mended.")
						.formatted(wanted.getMetadata().getNamespace(), answer.words()));
		};
	}

	/** What the API says comes last: it may be long. */
	private static PlaceClosed closed(Run run, GenericKubernetesResource wanted, ApiAnswer answer, String reason,
			String trouble, String remedy) {
		String namespace = wanted.getMetadata().getNamespace();
		return new PlaceClosed(namespace, reason, true,
				"%s. %s; the build is tried again and then begins by itself. To build elsewhere, change the team's namespace, cancel this build and ask for a new one. The Kubernetes API says: %s"
					.formatted(trouble.formatted(namespace, run.build()), remedy, answer.words()));
	}

	private static EngineUnavailable later(Run run, GenericKubernetesResource wanted, ApiAnswer answer) {
		return new EngineUnavailable(
				"Cannot create the Workflow %s in the namespace %s: the Kubernetes API answered %d (%s); it is tried again"
					.formatted(run.build(), wanted.getMetadata().getNamespace(), answer.code(), answer.words()));
	}

	/** What has the name is adopted when it is this run's, whoever created it. */
	private Submission look(Run run, GenericKubernetesResource wanted, EngineUnavailable otherwise) {
		String namespace = wanted.getMetadata().getNamespace();
		Optional<GenericKubernetesResource> there = this.workflows.find(namespace, run.build().value());
		if (there.isEmpty()) {
			throw otherwise;
		}
		if (this.ownership.carriesOut(there.get(), run)) {
			logger.info("{} has its Workflow in the namespace {} already: it is adopted", run.build(), namespace);
			return new Submission.Accepted();
		}
		logger.error(
				"ALARM: the Workflow {} in the namespace {} (uid {}) has the name of a build of ours and was not "
						+ "made for it; it is left alone, and the build ends. Find out who may create Workflows there.",
				run.build(), namespace, there.get().getMetadata().getUid());
		return errored("name-taken",
				("The namespace %s has a Workflow %s that was not made for this build; it was left alone. Find out who "
						+ "made it, delete it, and ask for a new build, which gets another name.")
					.formatted(namespace, run.build()));
	}

	private static Submission errored(String reason, String detail) {
		return new Submission.Refused(new RunResult.Errored(reason, detail));
	}

}
