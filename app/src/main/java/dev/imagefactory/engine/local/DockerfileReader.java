package dev.imagefactory.engine.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Turns the lines of one Dockerfile into what they ask for, from top to bottom. */
final class DockerfileReader {

	private static final Set<String> KNOWN = Set.of("RUN", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ONBUILD", "SHELL",
			"MAINTAINER");

	/** Docker gives these a value that depends on the machine. */
	private static final Pattern AUTOMATIC = Pattern.compile("(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)");

	private static final Pattern HEREDOC = Pattern.compile("(^|\\s)\\d*<<-?\\s*[\"']?[a-zA-Z_]");

	private static final Pattern OWNER = Pattern.compile("(\\d{1,9})(:\\d{1,9})?");

	private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

	private final DockerfileLines lines;

	/** What can be put in; ENV wins over ARG of the same name. */
	private final Map<String, String> arguments = new HashMap<>();

	private final Map<String, String> environment = new HashMap<>();

	/** Arguments before FROM, whose value an ARG without one takes over. */
	private final Map<String, String> global = new HashMap<>();

	private boolean from;

	/**
	 * Prepares for reading.
	 * @param lines the Dockerfile's lines
	 */
	DockerfileReader(DockerfileLines lines) {
		this.lines = lines;
	}

	/**
	 * Reads all instructions.
	 * @return what they ask for
	 * @throws DockerfileRefused at the first that is wrong or cannot be done
	 */
	List<Dockerfile.Instruction> read() {
		List<Dockerfile.Instruction> read = new ArrayList<>();
		for (DockerfileLines.Instruction line : this.lines.instructions()) {
			check(line);
			one(line).ifPresent(read::add);
		}
		if (!this.from) {
			throw DockerfileRefused.invalid(1, "it has no FROM");
		}
		return read;
	}

	private void check(DockerfileLines.Instruction line) {
		if (!this.from && !line.name().equals("FROM") && !line.name().equals("ARG")) {
			throw DockerfileRefused.invalid(line.line(),
					"the first instruction must be FROM, not " + shown(line.name()));
		}
		if (line.rest().isEmpty()) {
			throw DockerfileRefused.invalid(line.line(), shown(line.name()) + " needs at least one argument");
		}
	}

	private Optional<Dockerfile.Instruction> one(DockerfileLines.Instruction line) {
		switch (line.name()) {
			case "FROM" -> from(line);
			case "ARG" -> arg(line);
			default -> {
				return Optional.of(instruction(line));
			}
		}
		return Optional.empty();
	}

	private Dockerfile.Instruction instruction(DockerfileLines.Instruction line) {
		return switch (line.name()) {
			case "COPY" -> copy(line, false);
			case "ADD" -> copy(line, true);
			case "LABEL" -> new Dockerfile.Label(pairs(line));
			case "ENV" -> {
				Map<String, String> pairs = pairs(line);
				this.environment.putAll(pairs);
				yield new Dockerfile.Env(pairs);
			}
			case "USER" -> new Dockerfile.User(value(line));
			case "WORKDIR" -> new Dockerfile.Workdir(value(line));
			case "EXPOSE" -> new Dockerfile.Expose(line.line(), values(line, words(line).split(line.rest())));
			case "ENTRYPOINT" -> new Dockerfile.Entrypoint(command(line));
			case "CMD" -> new Dockerfile.Cmd(command(line));
			default -> throw unknown(line);
		};
	}

	private static DockerfileRefused unknown(DockerfileLines.Instruction line) {
		if (line.name().equals("RUN")) {
			return DockerfileRefused.needsBuilder(line.line(), "RUN needs a builder that can run commands");
		}
		if (KNOWN.contains(line.name())) {
			return DockerfileRefused.needsBuilder(line.line(), "the instruction " + line.name() + " is used");
		}
		return DockerfileRefused.invalid(line.line(), "there is no instruction " + shown(line.name()));
	}

	private void from(DockerfileLines.Instruction line) {
		if (this.from) {
			throw DockerfileRefused.needsBuilder(line.line(), "it has more than one stage");
		}
		List<String> words = words(line, this.global).split(line.rest());
		if (words.getFirst().startsWith("--")) {
			throw DockerfileRefused.needsBuilder(line.line(), "FROM has the option " + shown(words.getFirst()));
		}
		boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("AS");
		if (words.size() != 1 && !named) {
			throw DockerfileRefused.invalid(line.line(), "FROM takes an image and, if wanted, AS and a name");
		}
		String image = words(line, this.global).value(words.getFirst());
		if (!image.equals("scratch")) {
			throw DockerfileRefused.needsBuilder(line.line(), "it builds on the image " + shown(image));
		}
		this.from = true;
	}

	private void arg(DockerfileLines.Instruction line) {
		Map<String, String> target = this.from ? this.arguments : this.global;
		for (String word : words(line).split(line.rest())) {
			int equals = word.indexOf('=');
			String name = (equals < 0) ? word : word.substring(0, equals);
			if (equals < 0 && AUTOMATIC.matcher(name).matches()) {
				throw DockerfileRefused.needsBuilder(line.line(), "it asks for the machine with ARG " + name);
			}
			if (equals >= 0) {
				target.put(name, words(line, known()).value(word.substring(equals + 1)));
			}
			else if (this.global.containsKey(name)) {
				target.put(name, this.global.get(name));
			}
		}
	}

	private Dockerfile.Copy copy(DockerfileLines.Instruction line, boolean unpacks) {
		if (HEREDOC.matcher(line.rest()).find()) {
			throw DockerfileRefused.needsBuilder(line.line(), line.name() + " has a here-document");
		}
		String owner = "0:0";
		String rest = line.rest();
		while (rest.startsWith("--")) {
			String option = rest.split("\\s+", 2)[0];
			owner = owner(line, option);
			rest = rest.substring(option.length()).strip();
		}
		String plain = rest;
		List<String> paths = values(line, array(line, plain).orElseGet(() -> words(line).split(plain)));
		if (paths.size() < 2) {
			throw DockerfileRefused.invalid(line.line(), line.name() + " needs a source and a destination");
		}
		return new Dockerfile.Copy(line.line(), paths.subList(0, paths.size() - 1), paths.getLast(), owner, unpacks);
	}

	private String owner(DockerfileLines.Instruction line, String option) {
		if (!option.startsWith("--chown=")) {
			throw DockerfileRefused.needsBuilder(line.line(),
					"%s has the option %s".formatted(line.name(), shown(option)));
		}
		String owner = words(line).value(option.substring("--chown=".length()));
		if (!OWNER.matcher(owner).matches()) {
			throw DockerfileRefused.needsBuilder(line.line(), "--chown names a user; only numbers are possible");
		}
		return owner.contains(":") ? owner : owner + ":" + owner;
	}

	private Map<String, String> pairs(DockerfileLines.Instruction line) {
		List<String> words = words(line).split(line.rest());
		Map<String, String> pairs = new LinkedHashMap<>();
		if (!words.getFirst().contains("=")) {
			String rest = line.rest().substring(words.getFirst().length()).strip();
			if (rest.isEmpty()) {
				throw DockerfileRefused.invalid(line.line(), line.name() + " needs a name and a value");
			}
			pairs.put(name(line, words.getFirst()), words(line).value(rest));
			return pairs;
		}
		for (String word : words) {
			int equals = word.indexOf('=');
			if (equals < 0) {
				throw DockerfileRefused.invalid(line.line(), "'%s' is not name=value".formatted(shown(word)));
			}
			pairs.put(name(line, word.substring(0, equals)), words(line).value(word.substring(equals + 1)));
		}
		return pairs;
	}

	private String name(DockerfileLines.Instruction line, String word) {
		String name = words(line).value(word);
		if (name.isBlank()) {
			throw DockerfileRefused.invalid(line.line(), line.name() + " has an empty name");
		}
		return name;
	}

	private List<String> command(DockerfileLines.Instruction line) {
		return array(line, line.rest()).orElseGet(() -> List.of("/bin/sh", "-c", line.rest()));
	}

	/**
	 * As in Docker, what is not JSON is the other form, and JSON of anything but texts is
	 * wrong.
	 */
	private static Optional<List<String>> array(DockerfileLines.Instruction line, String text) {
		if (!text.startsWith("[")) {
			return Optional.empty();
		}
		JsonNode array;
		try {
			array = JSON.readTree(text);
		}
		catch (JsonProcessingException ex) {
			return Optional.empty();
		}
		List<String> values = new ArrayList<>();
		for (JsonNode value : array) {
			if (!value.isTextual()) {
				throw DockerfileRefused.invalid(line.line(), "the JSON array may hold texts only");
			}
			values.add(value.textValue());
		}
		return Optional.of(values);
	}

	private String value(DockerfileLines.Instruction line) {
		String value = words(line).value(line.rest());
		if (value.isBlank()) {
			throw DockerfileRefused.invalid(line.line(), line.name() + " is empty");
		}
		return value;
	}

	private List<String> values(DockerfileLines.Instruction line, List<String> words) {
		return words.stream().map((word) -> words(line).value(word)).filter((word) -> !word.isEmpty()).toList();
	}

	private DockerfileWords words(DockerfileLines.Instruction line) {
		return words(line, known());
	}

	private DockerfileWords words(DockerfileLines.Instruction line, Map<String, String> variables) {
		return new DockerfileWords(line.line(), this.lines.escape(), variables);
	}

	private Map<String, String> known() {
		Map<String, String> known = new HashMap<>(this.from ? this.arguments : this.global);
		known.putAll(this.environment);
		return known;
	}

	private static String shown(String text) {
		String cut = (text.length() > 60) ? text.substring(0, 60) + "..." : text;
		return cut.replaceAll("\\p{Cntrl}", "?");
	}

}
