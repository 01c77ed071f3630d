package dev.imagefactory.intake;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.imagefactory.intake.DeliveryRefused.Cause;
import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a delivery (GitHub documentation, "Delivery headers"). None of them is
 * signed: event and GUID are required, hook and target are hints.
 *
 * @param event the event's name
 * @param guid GitHub's id of the event
 */
record DeliveryHeaders(String event, String guid) {

	private static final Pattern EVENT = Pattern.compile("[a-z0-9_]{1,64}");

	private static final Pattern GUID = Pattern.compile("[A-Za-z0-9-]{1,64}");

	private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

	/**
	 * Reads the required headers.
	 * @param raw the delivery
	 * @return event and GUID
	 * @throws DeliveryRefused when one is missing, malformed or sent twice
	 */
	static DeliveryHeaders of(RawDelivery raw) {
		return new DeliveryHeaders(required(raw, "X-GitHub-Event", EVENT, "1 to 64 of a-z, 0-9 and '_'"),
				required(raw, "X-GitHub-Delivery", GUID, "1 to 64 of letters, digits and '-'"));
	}

	/**
	 * Requires that a text can be an event's name.
	 * @param event the text
	 * @throws DeliveryRefused when it cannot
	 */
	static void requireEventName(String event) {
		if (!EVENT.matcher(event).matches()) {
			throw new DeliveryRefused(Cause.HEADERS, "an event's name is 1 to 64 of a-z, 0-9 and '_'");
		}
	}

	private static String required(RawDelivery raw, String name, Pattern form, String accepted) {
		List<String> values = raw.header(name);
		if (values.size() == 1 && form.matcher(values.get(0)).matches()) {
			return values.get(0);
		}
		String found = switch (values.size()) {
			case 0 -> "is missing";
			case 1 -> "is malformed";
			default -> "was sent more than once";
		};
		throw new DeliveryRefused(Cause.HEADERS, "%s %s; expected once, %s".formatted(name, found, accepted));
	}

	/**
	 * The hook that says it sent the delivery.
	 * @param raw the delivery
	 * @return its id; empty when the header is missing or malformed
	 */
	static String hook(RawDelivery raw) {
		String id = raw.single("X-GitHub-Hook-ID");
		return (id != null && NUMBER.matcher(id).matches()) ? id : "";
	}

	/**
	 * The repository whose hook says it sent the delivery.
	 * @param raw the delivery
	 * @return null when it is another kind of hook, or a header is malformed
	 */
	static @Nullable RepositoryId hintedRepository(RawDelivery raw) {
		String type = raw.single("X-GitHub-Hook-Installation-Target-Type");
		String id = raw.single("X-GitHub-Hook-Installation-Target-ID");
		if (!"repository".equals(type) || id == null || !NUMBER.matcher(id).matches()) {
			return null;
		}
		return RepositoryId.github(Long.parseLong(id));
	}

	/**
	 * Requires a plain JSON body.
	 * @param raw the delivery
	 * @throws DeliveryRefused when the body is encoded or declared as something else
	 */
	static void requireJson(RawDelivery raw) {
		if (!raw.header("Content-Encoding").isEmpty()) {
			throw new DeliveryRefused(Cause.CONTENT_TYPE, "The body has a Content-Encoding; send it as it is");
		}
		String declared = raw.single("Content-Type");
		String[] parts = (declared != null) ? declared.toLowerCase(Locale.ROOT).split(";", -1) : new String[] { "" };
		String type = parts[0].strip();
		if (type.equals("application/x-www-form-urlencoded")) {
			throw new DeliveryRefused(Cause.CONTENT_TYPE,
					"The hook sends forms: set the hook's content type to application/json");
		}
		if (!type.equals("application/json")) {
			throw new DeliveryRefused(Cause.CONTENT_TYPE,
					"The body is not declared as JSON: send one Content-Type, application/json");
		}
		for (int i = 1; i < parts.length; i++) {
			requireUtf8(parts[i].strip());
		}
	}

	private static void requireUtf8(String parameter) {
		if (parameter.startsWith("charset") && !parameter.matches("charset=(utf-8|\"utf-8\")")) {
			throw new DeliveryRefused(Cause.CONTENT_TYPE,
					"The body is declared in another charset: send application/json in UTF-8");
		}
	}

}
