package dev.imagefactory.engine;

/**
 * The engine can do nothing at one of its places until somebody changes something there.
 * It works elsewhere, and asks again.
 */
public class PlaceClosed extends EngineUnavailable {

	private static final long serialVersionUID = 1L;

	private final String place;

	private final String reason;

	private final boolean refusal;

	/**
	 * Creates the failure.
	 * @param place the place's name
	 * @param reason a word in kebab case that programs can rely on
	 * @param refusal whether it answers a request to begin a run, which has not begun
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public PlaceClosed(String place, String reason, boolean refusal, String message) {
		super(message);
		this.place = place;
		this.reason = reason;
		this.refusal = refusal;
	}

	/**
	 * Where nothing can be done.
	 * @return the place's name
	 */
	public String place() {
		return this.place;
	}

	/**
	 * Whether it answers a request to begin a run.
	 * @return true when that request has begun none, and never will
	 */
	public boolean isRefusal() {
		return this.refusal;
	}

	/**
	 * Why nothing can be done there.
	 * @return a word in kebab case
	 */
	public String reason() {
		return this.reason;
	}

}
