package dev.imagefactory.engine.argo.checkup;

import java.util.List;
import java.util.Locale;

/** The WorkflowTemplates of a team, by what they are for. */
enum Part {

	/** The way of a build; it says which templates do the steps. */
	PIPELINE("image-build-v1", "image-build-v1.yaml", "pipeline"),

	/** The first step. */
	CLONE("git-clone-v1", "git-clone.yaml", "clone"),

	/** The second step. */
	BUILD("kaniko-build-v1", "kaniko-build.yaml", "build"),

	/** The third step. */
	SCAN("trivy-scan-v1", "trivy-scan.yaml", "scan"),

	/** The last step. */
	PUSH("acr-push-v1", "acr-push.yaml", "push"),

	/** Tags for an image that is there. */
	RETAG("image-retag-v1", "image-retag.yaml", "push");

	/** Those that the pipeline refers to. */
	static final List<Part> STEPS = List.of(CLONE, BUILD, SCAN, PUSH);

	private final String standardName;

	private final String file;

	private final String template;

	Part(String standardName, String file, String template) {
		this.standardName = standardName;
		this.file = file;
		this.template = template;
	}

	/** Its name where the team has no template of its own. */
	String standardName() {
		return this.standardName;
	}

	/** Its file in {@code workflow-templates/}. */
	String file() {
		return this.file;
	}

	/** The template in it that becomes a pod, or the DAG. */
	String template() {
		return this.template;
	}

	/** Whether its pod pushes, and has the registry's identity. */
	boolean pushes() {
		return this == PUSH || this == RETAG;
	}

	/** Its task in the pipeline. */
	String task() {
		return name().toLowerCase(Locale.ROOT);
	}

}
