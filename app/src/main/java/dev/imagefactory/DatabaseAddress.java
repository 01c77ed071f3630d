package dev.imagefactory;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL is. Of the driver's many parameters those are taken that say how to
 * reach it; user, password and timeouts have places of their own.
 *
 * @param url the JDBC URL
 */
record DatabaseAddress(String url) {

	/** The accepted form in words. */
	static final String ACCEPTED = "jdbc:postgresql://host[:port][,host[:port]]/database, "
			+ "if need be with parameters such as ?sslmode=verify-full";

	private static final Pattern FORM = Pattern.compile(
			"jdbc:postgresql://(?<hosts>(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+])(?::[0-9]{1,5})?(?:,(?:[A-Za-z0-9._-]+|"
					+ "\\[[0-9A-Fa-f:]+])(?::[0-9]{1,5})?)*)/(?<database>[^/?#&@;\\s]+)(?:\\?(?<parameters>\\S*))?");

	private static final Set<String> PARAMETERS = Set.of("sslmode", "sslrootcert", "sslcert", "sslkey",
			"sslnegotiation", "channelBinding", "gssEncMode", "targetServerType", "loadBalanceHosts",
			"hostRecheckSeconds", "prepareThreshold", "currentSchema");

	/**
	 * Reads an address.
	 * @param text what was given
	 * @return the address
	 * @throws IllegalArgumentException when it is none, without repeating it
	 */
	static DatabaseAddress of(String text) {
		String refusal = refusal(text);
		if (refusal != null) {
			throw new IllegalArgumentException("The database's address " + refusal);
		}
		return new DatabaseAddress(text);
	}

	/**
	 * Judges an address.
	 * @param text what was given
	 * @return why it is none, as the end of a sentence that repeats nothing of it; null
	 * when it is one
	 */
	static @Nullable String refusal(String text) {
		Matcher matcher = FORM.matcher(text);
		if (!matcher.matches()) {
			return text.startsWith("jdbc:postgresql:") ? "is not of the accepted form"
					: "is not the address of a PostgreSQL";
		}
		String parameters = matcher.group("parameters");
		return (parameters == null) ? null
				: Stream.of(parameters.split("&"))
					.map((parameter) -> parameter.substring(0, Math.max(parameter.indexOf('='), 0)))
					.filter((name) -> !PARAMETERS.contains(name))
					.findFirst()
					.map(DatabaseAddress::refusalOf)
					.orElse(null);
	}

	private static String refusalOf(String parameter) {
		return switch (parameter) {
			case "user", "password" -> "contains a user or password; give those as "
					+ "image-factory.database.username and image-factory.database.password-file";
			default -> "has a parameter that is not taken; those that are: "
					+ PARAMETERS.stream().sorted().collect(Collectors.joining(", "));
		};
	}

	@Override
	public String toString() {
		return this.url;
	}

}
