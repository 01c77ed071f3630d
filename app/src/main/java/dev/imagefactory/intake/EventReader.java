package dev.imagefactory.intake;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.github.MalformedJson;
import dev.imagefactory.github.Payload;
import dev.imagefactory.github.WrongShape;
import dev.imagefactory.intake.DeliveryRefused.Cause;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;

/**
 * Reads payloads as events: for deliveries, whose signature was checked before, and for
 * dry runs, which have none and therefore never become a delivery.
 */
public final class EventReader {

	private final DeliveryScope scope;

	/**
	 * Creates a reader.
	 * @param onboarding which repositories are onboarded
	 * @param known which repositories were seen
	 */
	public EventReader(Onboarding onboarding, KnownRepositories known) {
		this.scope = new DeliveryScope(onboarding, known);
	}

	/**
	 * Reads a payload with every check that a delivery of it has to pass, but for
	 * signature and speaker.
	 * @param event the event's name, such as {@code release}
	 * @param payload the payload as GitHub would send it
	 * @return the event
	 * @throws DeliveryRefused when a delivery of it would be refused
	 */
	public GitHubEvent read(String event, byte[] payload) {
		DeliveryHeaders.requireEventName(event);
		GitHubEvent read = as(parse(payload), event);
		requireIdentity(read);
		return read;
	}

	/** Reads a body as strict JSON. */
	Payload parse(byte[] body) {
		try {
			return Payload.parse(body);
		}
		catch (MalformedJson ex) {
			throw new DeliveryRefused(Cause.JSON, ex.getMessage());
		}
	}

	/** Reads a payload as the event that it was sent as. */
	GitHubEvent as(Payload payload, String event) {
		try {
			return payload.as(event);
		}
		catch (WrongShape ex) {
			throw new DeliveryRefused(Cause.SHAPE,
					"The payload is no '%s' event: %s".formatted(event, ex.getMessage()));
		}
	}

	/** Requires that the repository's name does not belong to another identity. */
	void requireIdentity(GitHubEvent event) {
		event.repository().ifPresent(this.scope::requireIdentity);
	}

}
