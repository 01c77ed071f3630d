package dev.imagefactory.source;

/** A host of repositories; its wire name appears in settings, rows and answers. */
public enum Provider {

	/** github.com or a GitHub Enterprise Server. */
	GITHUB("github"),

	/** Azure DevOps Services or Server. */
	AZURE_DEVOPS("azure-devops");

	private final String wireName;

	Provider(String wireName) {
		this.wireName = wireName;
	}

	/**
	 * The name used in settings, rows and answers.
	 * @return such as {@code github}
	 */
	public String wireName() {
		return this.wireName;
	}

	/**
	 * Reads a wire name.
	 * @param value such as {@code github}
	 * @return the provider
	 * @throws InvalidValue when no provider has that name
	 */
	public static Provider of(String value) {
		for (Provider provider : values()) {
			if (provider.wireName.equals(value)) {
				return provider;
			}
		}
		throw new InvalidValue("provider", value, "expected github or azure-devops");
	}

}
