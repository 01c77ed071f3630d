package dev.imagefactory;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that cannot be used, so the service does not start. */
class BadSettings extends RuntimeException {

	private final List<SettingProblem> problems;

	/**
	 * Creates the refusal.
	 * @param problems all that was found, at least one
	 */
	BadSettings(List<SettingProblem> problems) {
		super(problems.stream().map(SettingProblem::key).collect(Collectors.joining(", ", "Bad settings: ", "")));
		this.problems = List.copyOf(problems);
	}

	/**
	 * What is wrong.
	 * @return all that was found
	 */
	List<SettingProblem> problems() {
		return this.problems;
	}

}
