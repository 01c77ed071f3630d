package dev.imagefactory.onboarding.jdbc;

import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.KnownRepositories;

import org.springframework.jdbc.core.simple.JdbcClient;

/** What onboarding stores, for tests of other packages. */
public final class TestOnboardingStore {

	private TestOnboardingStore() {
	}

	/** Whose an image name is. */
	public static ImageOwners owners(JdbcClient jdbc) {
		return new JdbcImageOwners(jdbc);
	}

	/** The repositories seen. */
	public static KnownRepositories known(JdbcClient jdbc) {
		return new JdbcKnownRepositories(jdbc);
	}

}
