package dev.imagefactory.intake;

/**
 * A delivery could not be stored because of trouble with the database; nothing of it is.
 */
public class DeliveryNotStored extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param cause what the database said
	 */
	DeliveryNotStored(Throwable cause) {
		super("The delivery could not be stored", cause);
	}

}
