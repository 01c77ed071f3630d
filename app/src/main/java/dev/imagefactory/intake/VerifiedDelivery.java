package dev.imagefactory.intake;

import dev.imagefactory.github.GitHubEvent;

/**
 * A delivery whose signature, form and scope were checked. Only {@code DeliveryVerifier}
 * makes one.
 */
public final class VerifiedDelivery {

	private final Envelope envelope;

	private final byte[] body;

	private final GitHubEvent event;

	/**
	 * Creates a verified delivery.
	 * @param envelope what identifies it
	 * @param body the raw body
	 * @param event what the body says
	 */
	VerifiedDelivery(Envelope envelope, byte[] body, GitHubEvent event) {
		this.envelope = envelope;
		this.body = body;
		this.event = event;
	}

	/**
	 * What identifies the delivery.
	 * @return hook, GUID, event name and body hash
	 */
	public Envelope envelope() {
		return this.envelope;
	}

	/**
	 * The raw body, not to be changed.
	 * @return the bytes that were signed
	 */
	public byte[] body() {
		return this.body;
	}

	/**
	 * What the body says.
	 * @return the event
	 */
	public GitHubEvent event() {
		return this.event;
	}

	/**
	 * What identifies a delivery.
	 *
	 * @param hook the hook's id as the unsigned header says; empty when it does not
	 * @param guid GitHub's id of the event
	 * @param eventName such as {@code release}
	 * @param bodySha256 64 hexadecimal digits
	 */
	public record Envelope(String hook, String guid, String eventName, String bodySha256) {
	}

}
