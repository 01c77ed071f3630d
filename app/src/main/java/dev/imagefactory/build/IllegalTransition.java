package dev.imagefactory.build;

/** A decision that does not fit the state a build is in. */
public class IllegalTransition extends IllegalStateException {

	/**
	 * Creates the refusal.
	 * @param build the build
	 * @param event what was to happen to it
	 */
	public IllegalTransition(Build build, BuildEvent event) {
		super("Build %s is %s, so %s cannot happen to it".formatted(build.id(), build.state().name(),
				event.getClass().getSimpleName()));
	}

}
