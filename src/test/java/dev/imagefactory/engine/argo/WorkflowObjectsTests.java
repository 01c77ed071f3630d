package dev.imagefactory.engine.argo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.rendering.Site;
import dev.imagefactory.rendering.WorkflowRenderer;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListMeta;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class WorkflowObjectsTests {

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final String FOREIGN = """
			{"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
			 "metadata": {"name": "x", "namespace": "builds", "uid": "u", "resourceVersion": "7", "generation": 3,
			              "finalizers": ["others.example.com/hold"], "fieldOfTomorrow": {"a": [1, null]},
			              "managedFields": [{"manager": "argo", "fieldsV1": {"f:status": {".": {}}}}]},
			 "spec": {"shutdown": "Stop", "templates": [{"name": "t", "container": {"args": ["1", "2"]}}], "odd": 1.50,
			          "workflowTemplateRef": {"name": "image-build-v1", "clusterScope": true}},
			 "status": {"phase": "Running", "startedAt": "2026-11-22T10:00:00Z", "finishedAt": null,
			            "nodes": {"x": {"id": "x", "name": "x", "type": "DAG", "unknown": {"y": 9007199254740993}}}},
			 "more": "at the top"}
			""";

	@Test
	void resourceWhenMadeFromARenderedWorkflowSaysTheSame() throws IOException {
		Run run = TestRuns.release();
		Site site = new Site("i", "registry.example.com", TestCluster.team("payments", TestCluster.BUILDS));
		GenericKubernetesResource resource = WorkflowObjects.toResource(WorkflowRenderer.render(run, site, false));
		assertThat(JSON.readTree(WorkflowObjects.write(resource))).isEqualTo(WorkflowRenderer.json(run, site));
		IoArgoprojWorkflowV1alpha1Workflow back = WorkflowObjects.toModel(resource);
		assertThat(back).isEqualTo(WorkflowRenderer.render(run, site, false));
	}

	@Test
	void resourceWhenReadAndWrittenLosesNothing() throws IOException {
		GenericKubernetesResource resource = WorkflowObjects.read(stream(FOREIGN));
		assertThat(JSON.readTree(WorkflowObjects.write(resource)))
			.isEqualTo(JSON.readTree(FOREIGN.replace(", \"finishedAt\": null", "")));
	}

	@Test
	void modelWhenTakenOutOfAResourceHasWhatWeUse() throws IOException {
		IoArgoprojWorkflowV1alpha1Workflow model = WorkflowObjects.toModel(WorkflowObjects.read(stream(FOREIGN)));
		assertThat(model.getSpec().getShutdown()).isEqualTo("Stop");
		assertThat(model.getSpec().getWorkflowTemplateRef().getName()).isEqualTo("image-build-v1");
		assertThat(model.getStatus().getPhase()).isEqualTo("Running");
		assertThat(model.getStatus().getStartedAt()).hasToString("2026-11-22T10:00Z");
		assertThat(model.getStatus().getNodes()).containsOnlyKeys("x");
		assertThat(model.getMetadata().getFinalizers()).containsExactly("others.example.com/hold");
	}

	@Test
	void pageWhenReadGivesOneItemAfterTheOther() throws IOException {
		String page = "{\"kind\": \"WorkflowList\", \"items\": [" + FOREIGN + "," + FOREIGN
				+ "], \"odd\": {\"metadata\": {}}, \"metadata\": {\"resourceVersion\": \"9\", \"continue\": \"next\"}}";
		List<GenericKubernetesResource> items = new ArrayList<>();
		ListMeta meta = WorkflowObjects.readPage(stream(page), items::add);
		assertThat(items).hasSize(2);
		assertThat(meta.getContinue()).isEqualTo("next");
		assertThat(meta.getResourceVersion()).isEqualTo("9");
	}

	@Test
	void pageWhenItsItemsAreNullIsEmpty() throws IOException {
		List<GenericKubernetesResource> items = new ArrayList<>();
		WorkflowObjects.readPage(stream("{\"metadata\": {}, \"items\": null}"), items::add);
		assertThat(items).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "null", "{}", "<html>", "{\"metadata\": {}, \"items\": {}}",
			"{\"metadata\": {}, \"items\": [{\"kind\": \"x\"}]}", "{\"metadata\": {}, \"items\": [{" })
	void pageWhenItIsNoneIsRefused(String text) {
		assertThatIOException().isThrownBy(() -> WorkflowObjects.readPage(stream(text), (item) -> {
		}));
	}

	private static InputStream stream(String text) {
		return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
	}

}
