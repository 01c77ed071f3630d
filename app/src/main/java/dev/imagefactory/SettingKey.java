package dev.imagefactory;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A setting that we know.
 *
 * @param name such as {@code teams[*].repositories[*].name}, without
 * {@code image-factory.}; {@code [*]} is any place in a list
 * @param form what it may look like
 * @param example a value that is accepted
 * @param required whether an element of the list that it is in cannot do without it
 */
record SettingKey(String name, Form form, String example, boolean required) {

	/** What all our settings begin with. */
	static final String PREFIX = "image-factory.";

	private static final Pattern INDEX = Pattern.compile("\\[[0-9]+]");

	/**
	 * Whether a property is this setting. Case and dashes do not count, as in Spring
	 * Boot's binding; a list of texts may also be one text with commas.
	 * @param property the property's name without {@code image-factory.}
	 * @return the setting's name with the property's places in lists, when it is
	 */
	Optional<String> match(String property) {
		String anywhere = anywhere(property);
		if (anywhere.equals(uniform(this.name))) {
			return Optional.of(withPlaces(this.name, property));
		}
		if (isList() && anywhere.equals(uniform(listName()))) {
			return Optional.of(withPlaces(listName(), property));
		}
		return Optional.empty();
	}

	/**
	 * Whether this is a list of texts.
	 * @return true when the name ends with a place in a list
	 */
	boolean isList() {
		return this.name.endsWith("[*]");
	}

	private String listName() {
		return this.name.substring(0, this.name.length() - "[*]".length());
	}

	/**
	 * Whether an environment variable is this setting, by either of the two spellings
	 * that Spring Boot reads: dashes left out, or as underscores.
	 * @param variable such as {@code IMAGE_FACTORY_DATA_DIR}
	 * @return the setting's name with the variable's places in lists, when it is
	 */
	Optional<String> matchVariable(String variable) {
		String pattern = (PREFIX + this.name).toUpperCase(Locale.ROOT)
			.replace(".", "_")
			.replace("-", "_?")
			.replaceFirst("\\[\\*]$", "(?:_([0-9]+))?")
			.replace("[*]", "_([0-9]+)");
		Matcher matcher = Pattern.compile(pattern).matcher(variable.toUpperCase(Locale.ROOT));
		if (!matcher.matches()) {
			return Optional.empty();
		}
		String found = this.name;
		for (int i = 1; i <= matcher.groupCount(); i++) {
			String place = (matcher.group(i) != null) ? "[" + matcher.group(i) + "]" : "";
			found = found.replaceFirst("\\[\\*]", Matcher.quoteReplacement(place));
		}
		return Optional.of(found);
	}

	/**
	 * Whether a property is a group of settings that this one is in.
	 * @param property the property's name without {@code image-factory.}
	 * @return true for an ancestor
	 */
	boolean isBelow(String property) {
		String group = anywhere(property);
		String own = uniform(this.name);
		return own.startsWith(group + ".") || own.startsWith(group + "[");
	}

	/**
	 * How many letters differ between a property and this setting; nothing but letters
	 * counts, because variables have no other separator than underscores.
	 * @param property the property's name without {@code image-factory.}
	 * @return 0 for the same, by Levenshtein's measure
	 */
	int distance(String property) {
		String one = letters(property);
		String other = letters(this.name);
		int[] row = new int[other.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int replaced = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[other.length()];
	}

	private static String withPlaces(String name, String property) {
		String found = name;
		Matcher places = INDEX.matcher(property);
		while (places.find()) {
			found = found.replaceFirst("\\[\\*]", Matcher.quoteReplacement(places.group()));
		}
		return found;
	}

	private static String letters(String property) {
		return property.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
	}

	private static String anywhere(String property) {
		return INDEX.matcher(uniform(property)).replaceAll("[*]");
	}

	private static String uniform(String property) {
		return property.replace("-", "").toLowerCase(Locale.ROOT);
	}

}
