package dev.imagefactory.registry.oci;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How a registry asks to be signed in to (RFC 9110, section 11; distribution, "Token
 * authentication").
 */
sealed interface Challenge {

	/** With a user's name and password on every request. */
	record Basic() implements Challenge {
	}

	/**
	 * With a token that another address gives.
	 *
	 * @param realm that address
	 * @param service the registry's name there
	 * @param scope what the token must allow; null when the registry does not say
	 */
	record Bearer(String realm, @Nullable String service, @Nullable String scope) implements Challenge {
	}

	/**
	 * Reads what a registry asks for; a token is preferred.
	 * @param headers the values of {@code WWW-Authenticate}
	 * @return empty when it asks for nothing that we know
	 */
	static Optional<Challenge> of(List<String> headers) {
		Optional<Challenge> bearer = headers.stream()
			.filter((header) -> isOf(header, "bearer"))
			.map(Challenge::bearer)
			.flatMap(Optional::stream)
			.findFirst();
		return bearer.or(() -> headers.stream()
			.filter((header) -> isOf(header, "basic"))
			.<Challenge>map((header) -> new Basic())
			.findFirst());
	}

	private static boolean isOf(String header, String scheme) {
		return header.toLowerCase(Locale.ROOT).startsWith(scheme + " ") || header.equalsIgnoreCase(scheme);
	}

	private static Optional<Challenge> bearer(String header) {
		Map<String, String> parameters = new LinkedHashMap<>();
		Matcher parameter = Parameters.FORM.matcher(header.substring("bearer".length()));
		while (parameter.find()) {
			String value = (parameter.group(2) != null) ? parameter.group(2) : parameter.group(3);
			parameters.put(parameter.group(1).toLowerCase(Locale.ROOT), value);
		}
		return Optional.ofNullable(parameters.get("realm"))
			.map((realm) -> new Bearer(realm, parameters.get("service"), parameters.get("scope")));
	}

	/** The grammar of a challenge's parameters. */
	final class Parameters {

		private static final Pattern FORM = Pattern.compile("([A-Za-z_-]+)=(?:\"([^\"]*)\"|([^\\s,]+))");

		private Parameters() {
		}

	}

}
