package dev.imagefactory.rendering;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Parameter;

/**
 * The parameters of a Workflow while they are put together. Every value from outside is
 * judged before it is added; lists are one value, a line each, because a template can
 * only take them so.
 */
final class Parameters {

	private final List<IoArgoprojWorkflowV1alpha1Parameter> all = new ArrayList<>();

	/** Adds a value. */
	Parameters add(String name, String value) {
		ParameterSafety.objectionTo(value).ifPresent((objection) -> {
			throw new Unrenderable(name, objection);
		});
		return put(name, value);
	}

	/** Adds a list of values. */
	Parameters add(String name, Collection<String> values) {
		values.forEach((value) -> ParameterSafety.objectionTo(value).ifPresent((objection) -> {
			throw new Unrenderable(name, objection);
		}));
		return put(name, String.join("\n", values));
	}

	private Parameters put(String name, String value) {
		this.all.add(new IoArgoprojWorkflowV1alpha1Parameter().name(name).value(value));
		return this;
	}

	/** All of them, in the order in which they were added. */
	List<IoArgoprojWorkflowV1alpha1Parameter> list() {
		return List.copyOf(this.all);
	}

}
