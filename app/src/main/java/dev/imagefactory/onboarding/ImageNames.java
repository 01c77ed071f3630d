package dev.imagefactory.onboarding;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryName;

/**
 * Names the image of a repository whose settings do not name one:
 * {@code <prefix>/<repository>}, injectively. GitHub allows names such as {@code .github}
 * or {@code a_-_b} that no registry takes as a path component (OCI distribution-spec,
 * "name"). In such a name each run of separators that is not allowed becomes a word
 * {@code x<hex>} between dashes, and a word that already reads like that gets one
 * {@code 78} (the letter x) more, so that no two repositories meet.
 */
public final class ImageNames {

	/** A run of letters and digits, or a run of separators. */
	private static final Pattern RUN = Pattern.compile("[a-z0-9]+|[._-]+");

	private static final Pattern INNER_SEPARATOR = Pattern.compile("\\.|_|__|-+");

	/** What stands for separators, or is a word that could be mistaken for it. */
	private static final Pattern ESCAPE = Pattern.compile("x(?:78)*(?:2d|2e|5f)+");

	private ImageNames() {
	}

	/**
	 * The image of a repository whose settings do not name one.
	 * @param prefix the team's prefix
	 * @param repository the repository; its case and owner do not count
	 * @return {@code <prefix>/<repository>} with a name that registries take
	 * @throws InvalidValue when it would be longer than registries take
	 */
	public static ImageName of(ImageName prefix, RepositoryName repository) {
		return ImageName.of(prefix + "/" + component(repository.name().toLowerCase(Locale.ROOT)));
	}

	private static String component(String name) {
		StringBuilder component = new StringBuilder(name.length());
		Matcher runs = RUN.matcher(name);
		while (runs.find()) {
			String run = runs.group();
			boolean inner = runs.start() > 0 && runs.end() < name.length();
			if (Character.isLetterOrDigit(run.charAt(0))) {
				component.append(ESCAPE.matcher(run).matches() ? "x78" + run.substring(1) : run);
			}
			else if (inner && INNER_SEPARATOR.matcher(run).matches()) {
				component.append(run);
			}
			else {
				component.append((runs.start() > 0) ? "-" : "").append('x').append(hex(run));
				component.append((runs.end() < name.length()) ? "-" : "");
			}
		}
		return component.toString();
	}

	private static String hex(String run) {
		return HexFormat.of().formatHex(run.getBytes(StandardCharsets.US_ASCII));
	}

}
