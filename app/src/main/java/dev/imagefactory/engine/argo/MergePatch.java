package dev.imagefactory.engine.argo;

import java.util.List;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.rendering.WorkflowRenderer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/**
 * A change of a few named fields of a Workflow (RFC 7396). Nothing else is ever written
 * to an object that exists: our model knows a part of it, and the rest belongs to others.
 *
 * @param json the patch
 */
record MergePatch(String json) {

	private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

	/**
	 * Ends a run. {@code Stop} would leave a Workflow that waits for a lock waiting, and
	 * the controller looks at no Workflow that is suspended (Argo Workflows 4.0,
	 * {@code workflow/controller/operator.go}), so both fields are set.
	 */
	static MergePatch terminate() {
		ObjectNode spec = JSON.objectNode().put("shutdown", "Terminate").putNull("suspend");
		return of("spec", spec);
	}

	/** Lets a suspended run begin. */
	static MergePatch resume() {
		return of("spec", JSON.objectNode().putNull("suspend"));
	}

	/**
	 * Takes our finalizer away and leaves those of others as they were read; a patch of a
	 * list replaces the list, so it only counts for the version that was read.
	 * @param read the object as it was read
	 */
	static MergePatch release(GenericKubernetesResource read) {
		ObjectNode metadata = JSON.objectNode().put("resourceVersion", read.getMetadata().getResourceVersion());
		List<String> others = read.getMetadata()
			.getFinalizers()
			.stream()
			.filter((finalizer) -> !finalizer.equals(WorkflowRenderer.FINALIZER))
			.toList();
		others.forEach(metadata.putArray("finalizers")::add);
		return of("metadata", metadata);
	}

	private static MergePatch of(String field, ObjectNode value) {
		return new MergePatch(JSON.objectNode().set(field, value).toString());
	}

}
