package dev.imagefactory.engine;

import java.util.regex.Pattern;

/**
 * Decides whether builders, which run repository code on this host, may run beside the
 * credentials of a registry.
 */
public final class RepositoryTrust {

	private static final Pattern LOOPBACK = Pattern
		.compile("(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1\\])(?::[0-9]{1,5})?");

	private RepositoryTrust() {
	}

	/**
	 * Refuses a registry that is not local, unless the repositories are trusted.
	 * @param registryHost {@code layout}, or the registry's host and port
	 * @param trusted the setting {@code image-factory.local.trust-repositories}
	 * @throws IllegalArgumentException when the combination is refused
	 */
	public static void require(String registryHost, boolean trusted) {
		if (trusted || isLocal(registryHost)) {
			return;
		}
		throw new IllegalArgumentException("image-factory.engine is local and the registry is " + registryHost
				+ ": the builders run the repositories' code on this host, beside the registry's credentials. "
				+ "Use image-factory.engine: argo, or the registry kind layout, or, when every onboarded repository "
				+ "is trusted, set image-factory.local.trust-repositories: true");
	}

	/**
	 * Whether what builders push stays on this host.
	 * @param registryHost {@code layout}, or the registry's host and port
	 * @return true for a layout and for loopback
	 */
	public static boolean isLocal(String registryHost) {
		return registryHost.equals("layout") || LOOPBACK.matcher(registryHost).matches();
	}

}
