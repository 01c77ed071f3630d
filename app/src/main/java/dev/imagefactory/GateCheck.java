package dev.imagefactory;

import java.util.List;

/** Looks whether the engine can do what the gates of the teams ask for. */
final class GateCheck {

	private static final String WAIVERS = "teams[*].gate.waivers-config-map";

	private static final String UNREADABLE = "names a ConfigMap, and the engine local cannot read ConfigMaps: what is "
			+ "waived there would stop images. Take it away";

	private GateCheck() {
	}

	/**
	 * Finds what the engine cannot do.
	 * @param given all settings
	 * @return what was found
	 */
	static List<SettingProblem> problems(List<GivenSetting> given) {
		boolean local = given.stream()
			.filter((setting) -> setting.name().equals("engine") && !setting.value().isEmpty())
			.allMatch((setting) -> setting.value().equalsIgnoreCase("local"));
		if (!local) {
			return List.of();
		}
		return given.stream()
			.filter((setting) -> setting.key() != null && setting.key().name().equals(WAIVERS)
					&& !setting.value().isEmpty())
			.map((setting) -> SettingsCheck.conflict(given, setting.name(), UNREADABLE))
			.toList();
	}

}
