package dev.imagefactory.engine.argo;

/** An output of a step that is not what the step has to write. */
class OutputRefused extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the refusal.
	 * @param output the output's name
	 * @param problem what is wrong with it, as the end of a sentence
	 */
	OutputRefused(String output, String problem) {
		super("the output '%s' %s".formatted(output, problem));
	}

	/**
	 * Says what was refused.
	 * @return the rest of a sentence
	 */
	String problem() {
		return String.valueOf(getMessage());
	}

}
