package dev.imagefactory;

import java.util.ArrayList;
import java.util.List;

/** Looks whether the engine can reach what the other settings name. */
final class EngineCheck {

	private static final String CLONE_URL = "teams[*].repositories[*].clone-url";

	private static final String NOT_A_REGISTRY = "is layout, a folder of this host, and the engine is argo: pods push to "
			+ "a registry. Set image-factory.registry.kind: oci and image-factory.registry.url";

	private static final String NOT_FOR_PODS = "is a folder of this host, which the pods of the engine argo cannot "
			+ "reach. Give an address that they can clone from";

	private EngineCheck() {
	}

	/**
	 * Whether builds run as Argo Workflows.
	 * @param given all settings
	 * @return true when the engine is argo
	 */
	static boolean isArgo(List<GivenSetting> given) {
		return RegistryCheck.value(given, "engine").filter("argo"::equalsIgnoreCase).isPresent();
	}

	/**
	 * Finds what the engine cannot reach.
	 * @param given all settings
	 * @return what was found
	 */
	static List<SettingProblem> problems(List<GivenSetting> given) {
		List<SettingProblem> problems = new ArrayList<>();
		if (!isArgo(given)) {
			return problems;
		}
		if (RegistryCheck.value(given, "registry.kind").filter((kind) -> !kind.equalsIgnoreCase("layout")).isEmpty()) {
			problems.add(SettingsCheck.conflict(given, "registry.kind", NOT_A_REGISTRY));
		}
		given.stream()
			.filter((setting) -> setting.key() != null && setting.key().name().equals(CLONE_URL)
					&& setting.value().regionMatches(true, 0, "file:", 0, "file:".length()))
			.forEach((setting) -> problems.add(SettingsCheck.conflict(given, setting.name(), NOT_FOR_PODS)));
		return problems;
	}

}
