package dev.imagefactory.rendering;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

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

	/** Adds a list of lines. */
	Parameters addLines(String name, Collection<Line> lines) {
		lines.forEach((line) -> {
			String objection = ParameterSafety.objectionTo(line.value())
				.or(() -> ParameterSafety.structureIn(line.whole()))
				.orElse(null);
			if (objection != null) {
				throw new Unrenderable(name, objection);
			}
		});
		return put(name, lines.stream().map(Line::whole).collect(Collectors.joining("\n")));
	}

	private Parameters put(String name, String value) {
		this.all.add(new IoArgoprojWorkflowV1alpha1Parameter().name(name).value(value));
		return this;
	}

	/** All of them, in the order in which they were added. */
	List<IoArgoprojWorkflowV1alpha1Parameter> list() {
		return List.copyOf(this.all);
	}

	/**
	 * A line of a list. What stands before the value is ours or was judged as another
	 * parameter, so it does not count in the value's length: otherwise a ref that may
	 * travel on its own could not as a label.
	 *
	 * @param before such as a label's name and an equals sign
	 * @param value the value
	 */
	record Line(String before, String value) {

		private String whole() {
			return this.before + this.value;
		}

	}

}
