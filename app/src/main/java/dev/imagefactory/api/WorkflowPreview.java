package dev.imagefactory.api;

import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.build.Build;
import dev.imagefactory.engine.LintVerdict;
import dev.imagefactory.engine.RunLint;
import dev.imagefactory.onboarding.Installation;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.rendering.Site;
import dev.imagefactory.rendering.Unrenderable;
import dev.imagefactory.rendering.WorkflowRenderer;
import dev.imagefactory.submission.Runs;

/**
 * Shows the Workflow that a build would become, whichever engine is configured.
 */
class WorkflowPreview {

	private final Runs runs;

	private final Onboarding onboarding;

	private final Registry registry;

	private final Installation installation;

	private final Optional<RunLint> lint;

	WorkflowPreview(Runs runs, Onboarding onboarding, Registry registry, Installation installation,
			Optional<RunLint> lint) {
		this.runs = runs;
		this.onboarding = onboarding;
		this.registry = registry;
		this.installation = installation;
		this.lint = lint;
	}

	/**
	 * Renders a build that is not stored, with the tags that it wants: which of them it
	 * gets is decided when its turn comes.
	 * @throws Unrenderable when a value may not travel into a Workflow
	 */
	JsonNode of(Build build) {
		OnboardedRepository repository = this.onboarding.find(build.order().repository())
			.orElseThrow(() -> new IllegalStateException("Repository %s was onboarded a moment ago and is not any more"
				.formatted(build.order().repository())));
		Site site = new Site(this.installation.id(), this.registry.host(), repository.team());
		return WorkflowRenderer.json(this.runs.of(build), site);
	}

	/**
	 * Has somebody judge the Workflow of such a build.
	 * @return empty where nobody is configured to
	 * @throws Unrenderable when a value may not travel into a Workflow
	 */
	Optional<LintVerdict> lint(Build build) {
		return this.lint.map((judge) -> judge.lint(this.runs.of(build)));
	}

}
