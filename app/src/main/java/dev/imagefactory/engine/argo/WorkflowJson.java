package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;

/**
 * Workflows as the API server sends them. Fields that we do not use are passed over: each
 * version of Argo has more of them.
 */
final class WorkflowJson {

	private static final ObjectMapper MAPPER = JsonMapper.builder()
		.addModule(new JavaTimeModule())
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.build();

	private static final TypeReference<Map<String, IoArgoprojWorkflowV1alpha1NodeStatus>> NODES = new TypeReference<>() {
	};

	private WorkflowJson() {
	}

	/**
	 * Reads a Workflow.
	 * @param json the object
	 * @return the Workflow
	 * @throws IllegalArgumentException when it is none
	 */
	static IoArgoprojWorkflowV1alpha1Workflow read(String json) {
		try {
			return MAPPER.readValue(json, IoArgoprojWorkflowV1alpha1Workflow.class);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalArgumentException("This is no Workflow: " + ex.getOriginalMessage(), ex);
		}
	}

	/**
	 * Reads the nodes of a Workflow, as they are stored compressed.
	 * @param json the nodes by their ids
	 * @return the nodes
	 * @throws IOException when they are none
	 */
	static Map<String, IoArgoprojWorkflowV1alpha1NodeStatus> nodes(byte[] json) throws IOException {
		Map<String, IoArgoprojWorkflowV1alpha1NodeStatus> nodes = MAPPER.readValue(json, NODES);
		if (nodes == null || nodes.containsValue(null)) {
			throw new IOException("there is no node where one should be");
		}
		return nodes;
	}

}
