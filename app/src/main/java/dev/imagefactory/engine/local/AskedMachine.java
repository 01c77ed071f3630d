package dev.imagefactory.engine.local;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Follows what a Dockerfile asks of the machine, such as {@code TARGETARCH}, which only
 * BuildKit tells. An argument before the first FROM holds for FROM lines and for stages
 * that ask for it by its name; one of a stage holds in that stage (Docker's Dockerfile
 * reference, "Scope" and "Automatic platform ARGs in the global scope"). A value or a
 * default that the Dockerfile gives itself is as good as the machine's.
 */
final class AskedMachine {

	private static final String NAME = "((?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT))";

	private static final Pattern AUTOMATIC = Pattern.compile(NAME);

	/** A default is one inside braces only. */
	private static final Pattern REFERENCE = Pattern.compile("\\$(\\{)?" + NAME + "(?![A-Za-z0-9_])(:-)?");

	/** Arguments with a value before the first FROM. */
	private final Set<String> global = new HashSet<>();

	/** What this stage asks for without a value, and what it has done with it so far. */
	private final Map<String, Asked> asked = new LinkedHashMap<>();

	private boolean inStage;

	/**
	 * Takes the next instruction in.
	 * @param line the instruction
	 * @return what asks for the machine; empty when nothing does, as far as that is known
	 * yet
	 */
	Optional<Asked> next(DockerfileLines.Instruction line) {
		return switch (line.name()) {
			case "FROM" -> from(line);
			case "ARG" -> this.inStage ? stageArgument(line) : globalArgument(line);
			default -> used(line);
		};
	}

	/**
	 * Ends a stage.
	 * @return what it asked for and may have used: a program reads its environment
	 */
	Optional<Asked> endOfStage() {
		Optional<Asked> unused = this.asked.values().stream().filter((one) -> !one.hasDefault()).findFirst();
		this.asked.clear();
		return unused;
	}

	private Optional<Asked> from(DockerfileLines.Instruction line) {
		Optional<Asked> before = endOfStage();
		this.inStage = true;
		return before.or(() -> unknown(line).map((word) -> new Asked(line, "FROM asks for the machine with " + word)));
	}

	private Optional<Asked> globalArgument(DockerfileLines.Instruction line) {
		Optional<Asked> unknown = unknown(line)
			.map((word) -> new Asked(line, "it asks for the machine with ARG " + word));
		words(line).filter((word) -> word.indexOf('=') > 0)
			.forEach((word) -> this.global.add(word.substring(0, word.indexOf('='))));
		return unknown;
	}

	/** The word that needs a value which nothing before the first FROM gives. */
	private Optional<String> unknown(DockerfileLines.Instruction line) {
		return words(line)
			.filter((word) -> references(word)
				.anyMatch((reference) -> !reference.hasDefault() && !this.global.contains(reference.name())))
			.findFirst();
	}

	private Optional<Asked> stageArgument(DockerfileLines.Instruction line) {
		Optional<Asked> used = used(line);
		words(line).filter((word) -> AUTOMATIC.matcher(word).matches() && !this.global.contains(word))
			.forEach((word) -> this.asked.put(word, new Asked(line, "it asks for the machine with ARG " + word)));
		return used;
	}

	/** What is asked for is harmless where each use brings a default along. */
	private Optional<Asked> used(DockerfileLines.Instruction line) {
		List<Reference> references = references(line.rest()).filter((one) -> this.asked.containsKey(one.name()))
			.toList();
		references.forEach((one) -> this.asked.computeIfPresent(one.name(), (name, before) -> before.withDefault()));
		return references.stream()
			.filter((one) -> !one.hasDefault())
			.map((one) -> this.asked.get(one.name()))
			.findFirst();
	}

	private static Stream<Reference> references(String text) {
		Matcher matcher = REFERENCE.matcher(text);
		return matcher.results()
			.map((found) -> new Reference(found.group(2), found.group(1) != null && found.group(3) != null));
	}

	private static Stream<String> words(DockerfileLines.Instruction line) {
		return line.rest().isBlank() ? Stream.empty() : Stream.of(line.rest().strip().split("\\s+"));
	}

	/**
	 * Asks for the machine.
	 *
	 * @param line the instruction
	 * @param reason what in it
	 * @param hasDefault whether it was used, each time with a default
	 */
	record Asked(DockerfileLines.Instruction line, String reason, boolean hasDefault) {

		private Asked(DockerfileLines.Instruction line, String reason) {
			this(line, reason, false);
		}

		private Asked withDefault() {
			return new Asked(this.line, this.reason, true);
		}

	}

	/**
	 * A variable that stands in a text.
	 *
	 * @param name its name
	 * @param hasDefault whether the text says what to take when there is none
	 */
	private record Reference(String name, boolean hasDefault) {
	}

}
