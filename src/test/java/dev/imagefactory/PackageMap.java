package dev.imagefactory;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which package may import which: the table of docs/decisions/0001-package-map.md as
 * data, with the rows that are still to come. Everybody may import source and image, and
 * the root package with its demo may import everything; that is not repeated in the rows.
 */
final class PackageMap {

	static final String ROOT = "dev.imagefactory";

	/** Packages that belong to the root: they tie the others together. */
	private static final Set<String> TIES = Set.of("", "demo");

	/** An asterisk means every row above; a minus takes one out. */
	private static final String TABLE = """
			source      |
			image       | source
			onboarding  |
			pipeline    | onboarding
			audit       |
			build       | pipeline onboarding
			git         |
			github      | git
			registry    |
			publication | build pipeline registry
			rendering   | pipeline onboarding
			intake      | onboarding github
			planning    | intake onboarding build pipeline registry git github rendering
			engine      | pipeline rendering registry git onboarding
			submission  | build pipeline engine git publication onboarding
			tracking    | build pipeline engine publication audit
			feedback    | build pipeline intake github onboarding
			sweep       | intake planning github git build onboarding
			catalog     | build pipeline registry onboarding intake
			access      | onboarding audit
			doctor      | *
			api         | *
			dashboard   | * -api
			""";

	private static final Map<String, Set<String>> MAY_IMPORT = read();

	private PackageMap() {
	}

	/**
	 * The part of a package's name that the table knows.
	 * @param packageName such as {@code dev.imagefactory.build.jdbc}
	 * @return such as {@code build}, empty for the root package, absent when the package
	 * is not ours
	 */
	static Optional<String> module(String packageName) {
		if (packageName.equals(ROOT)) {
			return Optional.of("");
		}
		if (!packageName.startsWith(ROOT + ".")) {
			return Optional.empty();
		}
		return Optional.of(packageName.substring(ROOT.length() + 1).split("\\.")[0]);
	}

	/**
	 * Whether the table has a row for a module.
	 * @param module the module
	 * @return false for a package that nobody wrote down
	 */
	static boolean knows(String module) {
		return TIES.contains(module) || MAY_IMPORT.containsKey(module);
	}

	/**
	 * Whether one module may import another.
	 * @param from the importing module
	 * @param to the imported one
	 * @return what the table says
	 */
	static boolean allows(String from, String to) {
		return from.equals(to) || TIES.contains(from) || MAY_IMPORT.getOrDefault(from, Set.of()).contains(to);
	}

	private static Map<String, Set<String>> read() {
		Map<String, Set<String>> rows = new LinkedHashMap<>();
		TABLE.lines().forEach((line) -> {
			String[] cells = line.split("\\|", -1);
			String name = cells[0].strip();
			rows.put(name, imports(name, cells[1].strip(), rows.keySet()));
		});
		return rows;
	}

	private static Set<String> imports(String name, String cell, Set<String> above) {
		Set<String> imports = new LinkedHashSet<>();
		if (!Set.of("source", "image").contains(name)) {
			imports.addAll(Set.of("source", "image"));
		}
		for (String word : cell.split(" +")) {
			if (word.equals("*")) {
				imports.addAll(above);
			}
			else if (word.startsWith("-")) {
				imports.remove(word.substring(1));
			}
			else if (!word.isEmpty()) {
				imports.add(word);
			}
		}
		return imports;
	}

}
