package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.imagefactory.engine.argo.checkup.KubernetesQuestions;
import io.fabric8.kubernetes.client.http.HttpRequest;

/** Asks through the engine's connection. */
final class ApiQuestions implements KubernetesQuestions {

	private static final String JSON = "application/json";

	private static final String METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

	private static final String METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

	private final KubernetesCalls calls;

	ApiQuestions(KubernetesCalls calls) {
		this.calls = calls;
	}

	@Override
	public Answer ask(Question question, Duration limit) {
		HttpRequest.Builder request = this.calls.request(question.path());
		JsonNode review = question.review();
		if (review != null) {
			request.post(JSON, review.toString());
		}
		else if (question.onlyMetadata()) {
			request.setHeader("Accept", question.path().contains("?") ? METADATA_LIST : METADATA);
		}
		ApiAnswer answer = this.calls.send(request, "look at " + question.path().replaceAll("\\?.*", ""), limit);
		return new Answer(answer.code(), json(answer));
	}

	private static JsonNode json(ApiAnswer answer) {
		try (InputStream content = answer.content()) {
			JsonNode json = WorkflowObjects.readAs(content, JsonNode.class);
			return (json != null) ? json : MissingNode.getInstance();
		}
		catch (IOException ex) {
			return MissingNode.getInstance();
		}
	}

}
