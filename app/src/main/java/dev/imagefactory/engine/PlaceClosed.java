package dev.imagefactory.engine;

/**
 * The engine can do nothing at one of its places until somebody changes something there.
 * It works elsewhere, and asks again.
 */
public class PlaceClosed extends EngineUnavailable {

	private static final long serialVersionUID = 1L;

	private final String place;

	private final String reason;

	/**
	 * Creates the failure.
	 * @param place the place's name
	 * @param reason a word in kebab case that programs can rely on
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public PlaceClosed(String place, String reason, String message) {
		super(message);
		this.place = place;
		this.reason = reason;
	}

	/**
	 * Where nothing can be done.
	 * @return the place's name
	 */
	public String place() {
		return this.place;
	}

	/**
	 * Why nothing can be done there.
	 * @return a word in kebab case
	 */
	public String reason() {
		return this.reason;
	}

}
