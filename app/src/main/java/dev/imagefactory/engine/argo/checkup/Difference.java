package dev.imagefactory.engine.argo.checkup;

/**
 * One place where two objects differ.
 *
 * @param path where, such as {@code spec.templates[push].script.image}
 * @param expected what stands there in ours, shortened
 * @param found what stands there in the other, shortened
 */
record Difference(String path, String expected, String found) {

	@Override
	public String toString() {
		return "%s: expected %s, found %s".formatted(this.path, this.expected, this.found);
	}

}
