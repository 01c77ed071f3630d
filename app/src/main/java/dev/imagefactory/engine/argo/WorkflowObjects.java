package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowSpec;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListMeta;
import org.jspecify.annotations.Nullable;

/**
 * Turns Workflows of the generated model into Kubernetes' generic resources and back. A
 * generic resource holds the whole object; the model only the part that we use, so it is
 * never written back.
 */
final class WorkflowObjects {

	private static final ObjectMapper MAPPER = JsonMapper.builder()
		.addModule(new JavaTimeModule())
		.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.defaultPropertyInclusion(
				JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
		.build();

	private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {
	};

	private static final String SPEC = "spec";

	private static final String STATUS = "status";

	private WorkflowObjects() {
	}

	/**
	 * How Workflows are read and written here.
	 * @return a copy
	 */
	static ObjectMapper mapper() {
		return MAPPER.copy();
	}

	/**
	 * Makes the object that is created for a rendered Workflow.
	 * @param workflow a Workflow that was just rendered, so that it has no status
	 * @return the object
	 */
	static GenericKubernetesResource toResource(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		GenericKubernetesResource resource = new GenericKubernetesResource();
		resource.setApiVersion(workflow.getApiVersion());
		resource.setKind(workflow.getKind());
		resource.setMetadata(workflow.getMetadata());
		resource.setAdditionalProperty(SPEC, MAPPER.convertValue(workflow.getSpec(), FIELDS));
		return resource;
	}

	/**
	 * Takes out of an object what we use of it.
	 * @param resource a Workflow as the API server sent it
	 * @return the Workflow
	 * @throws IllegalArgumentException when a field is not what Argo's API says
	 */
	static IoArgoprojWorkflowV1alpha1Workflow toModel(GenericKubernetesResource resource) {
		return new IoArgoprojWorkflowV1alpha1Workflow().apiVersion(resource.getApiVersion())
			.kind(resource.getKind())
			.metadata(resource.getMetadata())
			.spec(part(resource, SPEC, IoArgoprojWorkflowV1alpha1WorkflowSpec.class))
			.status(part(resource, STATUS, IoArgoprojWorkflowV1alpha1WorkflowStatus.class));
	}

	private static <T> @Nullable T part(GenericKubernetesResource resource, String name, Class<T> type) {
		return MAPPER.convertValue(resource.getAdditionalProperties().get(name), type);
	}

	/**
	 * Writes an object.
	 * @param resource the object
	 * @return its JSON
	 */
	static String write(GenericKubernetesResource resource) {
		try {
			return MAPPER.writeValueAsString(resource);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("The Workflow cannot be written as JSON", ex);
		}
	}

	/**
	 * Reads an object.
	 * @param json what the API server sent
	 * @return the object, whole
	 * @throws IOException when it is no object of Kubernetes
	 */
	static GenericKubernetesResource read(InputStream json) throws IOException {
		GenericKubernetesResource resource = MAPPER.readValue(json, GenericKubernetesResource.class);
		if (resource == null || resource.getMetadata() == null) {
			throw new IOException("it has no metadata");
		}
		return resource;
	}

	/**
	 * Reads a page of a list, one object after the other: 500 Workflows with their
	 * templates are many megabytes, and need not be there at once.
	 * @param json what the API server sent
	 * @param each takes an object
	 * @return what the page says of the list
	 * @throws IOException when it is no list of Kubernetes
	 */
	static ListMeta readPage(InputStream json, Consumer<GenericKubernetesResource> each) throws IOException {
		ListMeta meta = null;
		try (JsonParser parser = MAPPER.createParser(json)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw new IOException("it is no object");
			}
			while (parser.nextToken() == JsonToken.FIELD_NAME) {
				String field = parser.currentName();
				parser.nextToken();
				switch (field) {
					case "metadata" -> meta = parser.readValueAs(ListMeta.class);
					case "items" -> readItems(parser, each);
					default -> parser.skipChildren();
				}
			}
		}
		if (meta == null) {
			throw new IOException("it has no metadata");
		}
		return meta;
	}

	/** Go writes an empty list as null now and then. */
	private static void readItems(JsonParser parser, Consumer<GenericKubernetesResource> each) throws IOException {
		if (parser.currentToken() == JsonToken.VALUE_NULL) {
			return;
		}
		if (parser.currentToken() != JsonToken.START_ARRAY) {
			throw new IOException("its items are no list");
		}
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			GenericKubernetesResource resource = parser.readValueAs(GenericKubernetesResource.class);
			if (resource == null || resource.getMetadata() == null) {
				throw new IOException("an item has no metadata");
			}
			each.accept(resource);
		}
	}

	/**
	 * Reads JSON.
	 * @param json what the API server sent
	 * @param type what to make of it
	 * @param <T> that type
	 * @return the same, null when it is nothing
	 * @throws IOException when it is something else
	 */
	static <T> @Nullable T readAs(InputStream json, Class<T> type) throws IOException {
		return MAPPER.readValue(json, type);
	}

	/**
	 * Makes something of a part of an object.
	 * @param part the part
	 * @param type what to make of it
	 * @param <T> that type
	 * @return the same
	 * @throws IllegalArgumentException when it is something else
	 */
	static <T> T as(JsonNode part, Class<T> type) {
		return MAPPER.convertValue(part, type);
	}

}
