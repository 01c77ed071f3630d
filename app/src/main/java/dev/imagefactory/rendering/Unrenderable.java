package dev.imagefactory.rendering;

/** A run has a value that may not travel into a Workflow, so nothing is created. */
public class Unrenderable extends RuntimeException {

	private final String field;

	/**
	 * Creates the refusal.
	 * @param field the part of the run that may not travel
	 * @param objection why, as the rest of a sentence
	 */
	public Unrenderable(String field, String objection) {
		super("The run cannot become a Workflow: its %s %s".formatted(field, objection));
		this.field = field;
	}

	/**
	 * Names what may not travel.
	 * @return such as {@code ref}
	 */
	public String field() {
		return this.field;
	}

}
