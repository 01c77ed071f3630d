package dev.imagefactory.engine.argo.checkup;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * The template of a WorkflowTemplate that becomes a pod, as it is installed.
 *
 * @param part what it is for
 * @param spec the WorkflowTemplate's spec
 * @param template the template in it; missing when there is none
 */
record StepTemplate(Part part, JsonNode spec, JsonNode template) {

	/** Azure's webhook gives pods with this label the account's identity. */
	static final String IDENTITY = "azure.workload.identity/use";

	static StepTemplate of(Part part, JsonNode spec) {
		for (JsonNode template : spec.path("templates")) {
			if (template.path("name").asText().equals(part.template())) {
				return new StepTemplate(part, spec, template);
			}
		}
		return new StepTemplate(part, spec, MissingNode.getInstance());
	}

	/** The account that is written in it, else the whole run's. */
	String account() {
		return this.template.path("serviceAccountName").asText(this.spec.path("serviceAccountName").asText());
	}

	/** The image of its step. */
	String image() {
		return this.template.path("script").path("image").asText(this.template.at("/container/image").asText());
	}

	/** The images of all its containers. */
	List<String> images() {
		List<String> images = new ArrayList<>();
		Stream.of("/script", "/container")
			.map(this.template::at)
			.filter((container) -> container.has("image"))
			.forEach((container) -> images.add(container.path("image").asText()));
		Stream.of("/initContainers", "/sidecars", "/containerSet/containers")
			.map(this.template::at)
			.forEach((list) -> list.forEach((container) -> images.add(container.path("image").asText())));
		return images;
	}

	/** Whether its pod gets an identity. */
	boolean hasIdentity() {
		return this.template.path("metadata").path("labels").path(IDENTITY).asText().equals("true")
				|| this.spec.path("podMetadata").path("labels").path(IDENTITY).asText().equals("true");
	}

	/** The account of Argo's executor beside it. */
	String executor() {
		return this.template.at("/executor/serviceAccountName").asText();
	}

}
