package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1TemplateRef;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import org.jspecify.annotations.Nullable;

/**
 * What the templates of a Workflow allow, as they were when it began: administrators may
 * change them. They are only named in sentences, so what cannot be read is left out.
 */
final class TemplateLimits {

	private static final String DEADLINE = "activeDeadlineSeconds";

	private static final long MOST_SECONDS = Duration.ofDays(365).toSeconds();

	private static final int LONGEST_QUANTITY = 32;

	private final Map<String, Object> workflow;

	private final Map<String, Map<String, Object>> templates;

	/**
	 * Looks into the stored templates.
	 * @param status the Workflow's status
	 */
	TemplateLimits(IoArgoprojWorkflowV1alpha1WorkflowStatus status) {
		this.workflow = Objects.requireNonNullElse(status.getStoredWorkflowTemplateSpec(), Map.of());
		this.templates = Objects.requireNonNullElse(status.getStoredTemplates(), Map.of());
	}

	/**
	 * How long the whole Workflow may take.
	 * @return the limit; empty when there is none
	 */
	Optional<Duration> ofWorkflow() {
		return seconds(this.workflow.get(DEADLINE));
	}

	/**
	 * How long one attempt at a step may take.
	 * @param step the step
	 * @return the limit; empty when there is none
	 */
	Optional<Duration> of(StepNode step) {
		return template(step).flatMap((template) -> seconds(template.get(DEADLINE)));
	}

	/**
	 * How much memory a step's container may have.
	 * @param step the step
	 * @return Kubernetes' quantity; empty when there is no limit
	 */
	Optional<String> memory(StepNode step) {
		return template(step).stream()
			.flatMap((template) -> Stream.of("script", "container").map(template::get))
			.map((container) -> at(container, List.of("resources", "limits", "memory")))
			.filter(Objects::nonNull)
			.findFirst()
			.map(String::valueOf)
			.filter((quantity) -> quantity.length() <= LONGEST_QUANTITY)
			.map(ArgoText::shown);
	}

	private Optional<Map<String, Object>> template(StepNode step) {
		IoArgoprojWorkflowV1alpha1TemplateRef ref = Objects.requireNonNullElseGet(step.node().getTemplateRef(),
				IoArgoprojWorkflowV1alpha1TemplateRef::new);
		String template = (ref.getTemplate() != null) ? ref.getTemplate() : step.node().getTemplateName();
		String end = ((ref.getName() != null) ? "/" + ref.getName() : "") + "/" + template;
		return this.templates.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().endsWith(end) && entry.getValue() != null)
			.map(Map.Entry::getValue)
			.findFirst();
	}

	private static @Nullable Object at(@Nullable Object root, List<String> path) {
		Object found = root;
		for (String name : path) {
			found = (found instanceof Map<?, ?> map) ? map.get(name) : null;
		}
		return found;
	}

	/** Argo takes a number or a text for a template's own limit. */
	private static Optional<Duration> seconds(@Nullable Object value) {
		try {
			return Optional.ofNullable(value)
				.map((number) -> Long.parseLong(String.valueOf(number)))
				.filter((seconds) -> seconds > 0 && seconds < MOST_SECONDS)
				.map(Duration::ofSeconds);
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

}
