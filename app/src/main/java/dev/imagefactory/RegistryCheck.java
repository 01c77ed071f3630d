package dev.imagefactory;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.engine.RepositoryTrust;
import dev.imagefactory.registry.LocalHost;

/** Looks whether the settings of the registry go together. */
final class RegistryCheck {

	private static final String NOT_TRUSTED = "is not true, but the engine is local and the registry is %s: builds run "
			+ "the repositories' code on this host, beside the registry's credentials. Set it to true when you trust "
			+ "every onboarded repository; otherwise use a registry on loopback or image-factory.registry.kind: layout";

	private static final int MOST_PORTS = 65_535;

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
		url.filter((host) -> !isAddress(host))
			.ifPresent((host) -> problems.add(SettingsCheck.conflict(given, "registry.url",
					"%s is no host with or without a port; give one such as registry.example.com:5000"
						.formatted(host))));
		boolean insecure = value(given, "registry.insecure").filter("true"::equalsIgnoreCase).isPresent();
		if (insecure && url.filter((host) -> !isThisHost(host)).isPresent()) {
			problems.add(SettingsCheck.conflict(given, "registry.insecure",
					"is true, but %s is not this host: plain http is for registries on this host only"
						.formatted(url.get())));
		}
		url.filter((host) -> isAddress(host) && !RepositoryTrust.isLocal(host) && needsTrust(given))
			.ifPresent((host) -> problems
				.add(SettingsCheck.conflict(given, "local.trust-repositories", NOT_TRUSTED.formatted(host))));
		return problems;
	}

	private static boolean needsTrust(List<GivenSetting> given) {
		boolean elsewhere = value(given, "engine").filter((engine) -> !engine.equalsIgnoreCase("local")).isPresent();
		boolean trusted = value(given, "local.trust-repositories").filter("true"::equalsIgnoreCase).isPresent();
		return !elsewhere && !trusted;
	}

	private static boolean isAddress(String host) {
		try {
			URI address = URI.create("http://" + host);
			return address.getHost() != null && address.getPort() <= MOST_PORTS;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/** What is no address at all is told by its own check. */
	private static boolean isThisHost(String host) {
		return !isAddress(host) || LocalHost.isThisHost(URI.create("http://" + host).getHost());
	}

	/** What a setting says; empty when it is not given. */
	static Optional<String> value(List<GivenSetting> given, String name) {
		return given.stream()
			.filter((setting) -> setting.name().equals(name))
			.map(GivenSetting::value)
			.filter((value) -> !value.isEmpty())
			.findFirst();
	}

}
