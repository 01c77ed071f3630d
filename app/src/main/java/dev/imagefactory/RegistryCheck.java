package dev.imagefactory;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.registry.LocalHost;

/** Looks whether the settings of the registry go together. */
final class RegistryCheck {

	private RegistryCheck() {
	}

	/**
	 * Finds what does not go together.
	 * @param given all settings
	 * @return what was found
	 */
	static List<SettingProblem> problems(List<GivenSetting> given) {
		List<SettingProblem> problems = new ArrayList<>();
		if (!value(given, "registry.kind").filter("oci"::equalsIgnoreCase).isPresent()) {
			return problems;
		}
		Optional<String> url = value(given, "registry.url");
		if (url.isEmpty()) {
			problems.add(SettingsCheck.conflict(given, "registry.url",
					"is missing; image-factory.registry.kind: oci needs the registry's address"));
		}
		boolean insecure = value(given, "registry.insecure").filter("true"::equalsIgnoreCase).isPresent();
		if (insecure && url.filter((host) -> !isThisHost(host)).isPresent()) {
			problems.add(SettingsCheck.conflict(given, "registry.insecure",
					"is true, but %s is not this host: plain http is for registries on this host only"
						.formatted(url.get())));
		}
		return problems;
	}

	/** What is no address at all is told by its own check. */
	private static boolean isThisHost(String host) {
		try {
			String name = URI.create("http://" + host).getHost();
			return name == null || LocalHost.isThisHost(name);
		}
		catch (IllegalArgumentException ex) {
			return true;
		}
	}

	private static Optional<String> value(List<GivenSetting> given, String name) {
		return given.stream()
			.filter((setting) -> setting.name().equals(name))
			.map(GivenSetting::value)
			.filter((value) -> !value.isEmpty())
			.findFirst();
	}

}
