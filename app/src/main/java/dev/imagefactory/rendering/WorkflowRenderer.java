package dev.imagefactory.rendering;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.ImageLabels;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.source.GitRef;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Arguments;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowSpec;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowTemplateRef;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

/**
 * Renders a run as an Argo Workflow; pure. The Workflow says which installed template is
 * to run with which arguments, and nothing else: no account, image, volume or script
 * (Argo Workflows, "Workflow Restrictions", {@code templateReferencing: Strict}).
 */
public final class WorkflowRenderer {

	/** What all our labels and annotations begin with. */
	public static final String OURS = "image-factory.dev/";

	/** Keeps the object until its end is stored in our database. */
	public static final String FINALIZER = OURS + "state-stored";

	private static final ObjectMapper MAPPER = JsonMapper.builder()
		.addModule(new JavaTimeModule())
		.defaultPropertyInclusion(
				JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
		.build();

	private WorkflowRenderer() {
	}

	/**
	 * Renders a run.
	 * @param run the run
	 * @param site where it goes
	 * @param suspended whether it waits to be resumed before its first step
	 * @return the Workflow, for the engine that creates it
	 * @throws Unrenderable when a value of the run may not travel, or the run does not
	 * belong to the team
	 */
	public static IoArgoprojWorkflowV1alpha1Workflow render(Run run, Site site, boolean suspended) {
		requireOwn(run, site);
		IoArgoprojWorkflowV1alpha1WorkflowSpec spec = switch (run.order().recipe().kind()) {
			case BUILD -> spec(site.buildTemplate(), build(run, site));
			case RETAG -> spec(site.retagTemplate(), retag(run, site));
		};
		if (suspended) {
			spec.suspend(true);
		}
		return new IoArgoprojWorkflowV1alpha1Workflow().apiVersion("argoproj.io/v1alpha1")
			.kind("Workflow")
			.metadata(metadata(run, site))
			.spec(spec);
	}

	/**
	 * Renders a run for everybody who only shows it.
	 * @param run the run
	 * @param site where it would go
	 * @return the Workflow as JSON
	 * @throws Unrenderable as {@link #render} does
	 */
	public static JsonNode json(Run run, Site site) {
		return MAPPER.valueToTree(render(run, site, false));
	}

	/** Enforced when the order was planned, and again here. */
	private static void requireOwn(Run run, Site site) {
		BuildOrder order = run.order();
		if (!order.team().equals(site.team().name())) {
			throw new Unrenderable("team",
					"is %s, and it is rendered for %s".formatted(order.team(), site.team().name()));
		}
		String image = order.key().image().value();
		boolean below = image.startsWith(site.team().imagePrefix().value() + "/");
		boolean named = site.team()
			.repositories()
			.stream()
			.anyMatch((rule) -> order.key().image().equals(rule.image()));
		if (!below && !named) {
			throw new Unrenderable("image", "%s is neither below %s nor named in the team's settings".formatted(image,
					site.team().imagePrefix()));
		}
	}

	private static ObjectMeta metadata(Run run, Site site) {
		return new ObjectMetaBuilder().withName(run.build().value())
			.withNamespace(site.team().argo().namespace())
			.withLabels(labels(run, site))
			.withAnnotations(annotations(run))
			.withFinalizers(FINALIZER)
			.build();
	}

	private static Map<String, String> labels(Run run, Site site) {
		Map<String, String> labels = new LinkedHashMap<>();
		labels.put(OURS + "build", run.build().value());
		labels.put(OURS + "installation", site.installation());
		labels.put(OURS + "repository-id", run.order().key().repository().value());
		labels.put(OURS + "trigger", run.order().key().trigger().wireName());
		labels.put(OURS + "team", run.order().team().value());
		return labels;
	}

	private static Map<String, String> annotations(Run run) {
		Map<String, String> annotations = new LinkedHashMap<>();
		annotations.put(OURS + "repository", run.order().repository().toString());
		annotations.put(OURS + "ref", safe("ref", ref(run)));
		annotations.put(OURS + "commit", run.order().key().commit().value());
		if (run.order().delivery() != null) {
			annotations.put(OURS + "delivery", run.order().delivery().value());
		}
		annotations.put(OURS + "order", RunJson.write(run));
		return annotations;
	}

	private static String safe(String field, String value) {
		ParameterSafety.objectionTo(value).ifPresent((objection) -> {
			throw new Unrenderable(field, objection);
		});
		return value;
	}

	/** Empty for a bare commit. */
	private static String ref(Run run) {
		GitRef ref = run.order().key().ref();
		return (ref != null) ? ref.value() : "";
	}

	private static IoArgoprojWorkflowV1alpha1WorkflowSpec spec(String template, Parameters parameters) {
		return new IoArgoprojWorkflowV1alpha1WorkflowSpec()
			.workflowTemplateRef(new IoArgoprojWorkflowV1alpha1WorkflowTemplateRef().name(template))
			.arguments(new IoArgoprojWorkflowV1alpha1Arguments().parameters(parameters.list()));
	}

	private static Parameters build(Run run, Site site) {
		BuildRecipe recipe = run.order().recipe();
		GatePolicy gate = recipe.gate();
		return new Parameters().add("ref", ref(run))
			.add("commit", run.order().key().commit().value())
			.add("clone-url", run.cloneUrl().toString())
			.add("max-source-bytes", Long.toString(run.limits().maxSourceBytes()))
			.add("context", recipe.context())
			.add("dockerfile", recipe.dockerfile())
			.addLines("labels", ImageLabels.fixed(run).entrySet().stream().map(WorkflowRenderer::label).toList())
			.add("image", image(run, site))
			.addLines("destinations", destinations(run, site))
			.add("severities", gate.severities().stream().sorted().map(Enum::name).toList())
			.add("ignore-unfixed", Boolean.toString(gate.ignoreUnfixed()))
			.add("end-of-life", gate.endOfLife().name().toLowerCase(Locale.ROOT))
			.add("waivers-config-map", (gate.waiversConfigMap() != null) ? gate.waiversConfigMap() : "");
	}

	private static Parameters.Line label(Map.Entry<String, String> label) {
		return new Parameters.Line(label.getKey() + "=", label.getValue());
	}

	private static Parameters retag(Run run, Site site) {
		return new Parameters().add("image", image(run, site))
			.add("digest", String.valueOf(run.order().recipe().digest()))
			.addLines("destinations", destinations(run, site));
	}

	private static String image(Run run, Site site) {
		return site.registry() + "/" + run.order().key().image();
	}

	private static List<Parameters.Line> destinations(Run run, Site site) {
		String image = image(run, site) + ":";
		return run.tags().stream().map((tag) -> new Parameters.Line(image, tag.name())).toList();
	}

}
