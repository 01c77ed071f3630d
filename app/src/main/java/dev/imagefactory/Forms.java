package dev.imagefactory;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.imagefactory.Form.Shown;
import dev.imagefactory.source.InvalidValue;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** The forms that settings have. */
final class Forms {

	private static final Set<String> FLAGS = Set.of("true", "false", "on", "off", "yes", "no", "1", "0");

	private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]");

	private static final Pattern BARE_NUMBER = Pattern.compile("[+-]?[0-9]+");

	private static final String SECURE_OR_LOOPBACK = "https, or http to this host's loopback";

	private Forms() {
	}

	static Form text(String accepted) {
		return new Form(accepted, (value) -> null, Shown.ALWAYS);
	}

	static Form matching(String accepted, String pattern) {
		return new Form(accepted, (value) -> value.matches(pattern) ? null : "has another form", Shown.ALWAYS);
	}

	static Form flag() {
		return new Form("true or false",
				(value) -> FLAGS.contains(value.toLowerCase(Locale.ROOT)) ? null : "is neither true nor false",
				Shown.ALWAYS);
	}

	static Form number(long least, long most) {
		String accepted = (most == Long.MAX_VALUE) ? "a whole number from " + least
				: "a whole number from %d to %d".formatted(least, most);
		return new Form(accepted, (value) -> {
			try {
				long number = Long.parseLong(value);
				return (number < least || number > most) ? "is out of range" : null;
			}
			catch (NumberFormatException ex) {
				return "is not a whole number";
			}
		}, Shown.ALWAYS);
	}

	static Form duration(Duration least, Duration most) {
		String accepted = "a number with a unit (ms, s, m, h or d), from %s to %s".formatted(words(least), words(most));
		return new Form(accepted, (value) -> {
			if (BARE_NUMBER.matcher(value).matches()) {
				return "has no unit";
			}
			try {
				Duration duration = DurationStyle.detectAndParse(value);
				boolean good = duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
				return good ? null : "is out of range";
			}
			catch (IllegalArgumentException | ArithmeticException ex) {
				return "is not a duration";
			}
		}, Shown.ALWAYS);
	}

	private static String words(Duration duration) {
		return (duration.toDays() > 0) ? duration.toDays() + "d" : duration.toSeconds() + "s";
	}

	static Form size() {
		return new Form("a number with a unit (B, KB, MB, GB or TB), at least 1B", (value) -> {
			if (BARE_NUMBER.matcher(value).matches()) {
				return "has no unit";
			}
			try {
				return (DataSize.parse(value).toBytes() < 1) ? "is too small" : null;
			}
			catch (IllegalArgumentException | ArithmeticException ex) {
				return "is not a size";
			}
		}, Shown.ALWAYS);
	}

	/** Case does not count, as where settings become values. */
	static Form oneOf(String... words) {
		List<String> known = List.of(words);
		return new Form("one of " + String.join(", ", words), (value) -> {
			boolean good = known.stream().anyMatch((word) -> word.equalsIgnoreCase(value));
			return good ? null : "is none of them";
		}, Shown.ALWAYS);
	}

	/** A word that is known, but of which this version has one kind only. */
	static Form onlyYet(String words, String others, String sentence) {
		Form known = oneOf((words + "," + others).split(","));
		Form now = oneOf(words.split(","));
		return new Form(words.replace(",", ", ") + " (this version; later also " + others.replace(",", ", ") + ")",
				(value) -> known.judge(value).orElse(now.judge(value).isEmpty() ? null : sentence), Shown.ALWAYS);
	}

	static Form value(String accepted, Consumer<String> parser) {
		return new Form(accepted, (value) -> {
			try {
				parser.accept(value);
				return null;
			}
			catch (InvalidValue ex) {
				return "is not accepted: " + ex.getMessage();
			}
		}, Shown.ALWAYS);
	}

	static Form database() {
		return new Form(DatabaseAddress.ACCEPTED, DatabaseAddress::refusal, Shown.AS_ADDRESS);
	}

	static Form directory() {
		return new Form("the path of a directory, without ';'", (value) -> {
			try {
				Path path = Path.of(value);
				if (Files.exists(path) && !Files.isDirectory(path)) {
					return "is no directory";
				}
				return value.contains(";") ? "contains ';'" : null;
			}
			catch (InvalidPathException ex) {
				return "is not a path";
			}
		}, Shown.ALWAYS);
	}

	static Form file() {
		return new Form("the path of a file that can be read and is not empty", Forms::judgeFile, Shown.AS_PATH);
	}

	private static @Nullable String judgeFile(String value) {
		try {
			Path path = Path.of(value);
			if (!Files.exists(path)) {
				return "names a file that does not exist";
			}
			if (!Files.isRegularFile(path)) {
				return "does not name a file";
			}
			if (!Files.isReadable(path)) {
				return "names a file that this process may not read";
			}
			return isEmpty(path) ? "names a file that is empty" : null;
		}
		catch (InvalidPathException ex) {
			return "is not a path";
		}
		catch (IOException ex) {
			return "names a file that cannot be read (" + ex.getClass().getSimpleName() + ")";
		}
	}

	private static boolean isEmpty(Path path) throws IOException {
		String start;
		try (var content = Files.newInputStream(path)) {
			start = new String(content.readNBytes(3), StandardCharsets.ISO_8859_1);
		}
		return start.isEmpty() || start.equals("\n") || start.equals("\r\n");
	}

	static Form secureAddress() {
		return address(SECURE_OR_LOOPBACK, (uri) -> isSecureOrLoopback(uri) ? null : "is not " + SECURE_OR_LOOPBACK);
	}

	static Form cloneAddress() {
		return address(SECURE_OR_LOOPBACK + ", or file:///", (uri) -> {
			boolean file = "file".equalsIgnoreCase(uri.getScheme()) && uri.getHost() == null && uri.getPath() != null
					&& uri.getPath().startsWith("/");
			return (file || isSecureOrLoopback(uri)) ? null : "is not " + SECURE_OR_LOOPBACK + ", or file:///";
		});
	}

	static Form origin() {
		return address("http:// or https:// with a host and no path", (uri) -> {
			boolean web = isWeb(uri, "http") || isWeb(uri, "https");
			if (!web) {
				return "is not http:// or https:// with a host";
			}
			return (uri.getPath().isEmpty() || uri.getPath().equals("/")) ? null : "has a path";
		});
	}

	private static Form address(String accepted, Function<URI, @Nullable String> refusal) {
		return new Form(accepted, (value) -> {
			try {
				URI uri = new URI(value);
				if (uri.getRawUserInfo() != null) {
					return "contains a user or password";
				}
				return (uri.getRawQuery() != null || uri.getRawFragment() != null) ? "has a query or fragment"
						: refusal.apply(uri);
			}
			catch (URISyntaxException ex) {
				return "is not an address";
			}
		}, Shown.AS_ADDRESS);
	}

	private static boolean isSecureOrLoopback(URI uri) {
		return isWeb(uri, "https") || isWeb(uri, "http") && LOOPBACK.matcher(uri.getHost()).matches();
	}

	private static boolean isWeb(URI uri, String scheme) {
		return scheme.equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null;
	}

}
