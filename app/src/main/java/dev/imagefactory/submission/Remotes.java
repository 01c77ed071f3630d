package dev.imagefactory.submission;

import dev.imagefactory.git.GitRemote;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.pipeline.BuildOrder;

/** Where an order's repository is fetched from, by the settings in force now. */
class Remotes {

	private final Onboarding onboarding;

	Remotes(Onboarding onboarding) {
		this.onboarding = onboarding;
	}

	/**
	 * The remote of an order's repository.
	 * @param order the order
	 * @return the remote
	 * @throws NoLongerOnboarded when the settings do not name the repository any more
	 */
	GitRemote of(BuildOrder order) {
		OnboardedRepository repository = repository(order);
		return new GitRemote(order.repository(), repository.cloneUrl(), repository.rule().credentialsFile());
	}

	OnboardedRepository repository(BuildOrder order) {
		return this.onboarding.find(order.repository()).orElseThrow(() -> new NoLongerOnboarded(order));
	}

	/** The settings do not name an order's repository any more. */
	static class NoLongerOnboarded extends RuntimeException {

		NoLongerOnboarded(BuildOrder order) {
			super("Repository %s is no longer onboarded; add it to image-factory.teams and rerun the build."
				.formatted(order.repository()));
		}

	}

}
