package dev.imagefactory.planning;

import java.util.List;

import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.InvalidValue;

/** Says what an accepted event asks for, with the commit pinned. */
class Wishes {

	private final Onboarding onboarding;

	private final Git git;

	private final Promotions promotions;

	private final Resets resets;

	/**
	 * Creates what reads events.
	 * @param onboarding the repositories
	 * @param git resolves tags
	 * @param promotions decides what a promoted image gains
	 * @param resets decides what a push to a commit of before asks for
	 */
	Wishes(Onboarding onboarding, Git git, Promotions promotions, Resets resets) {
		this.onboarding = onboarding;
		this.git = git;
		this.promotions = promotions;
		this.resets = resets;
	}

	/**
	 * What an event asks for.
	 * @param delivery the delivery that brought it
	 * @param event an event that triage has accepted
	 * @return what it comes to
	 * @throws GitUnavailable when the repository did not answer
	 * @throws PlanningFailure when it cannot be built
	 */
	Planned of(DeliveryId delivery, GitHubEvent event) {
		GitHubEvent.Repository about = event.repository().orElseThrow();
		OnboardedRepository repository = this.onboarding.find(about.name()).orElseThrow();
		Wish.Asked asked = new Wish.Asked(Origin.WEBHOOK, delivery, "");
		return switch (event) {
			case GitHubEvent.Release release -> ofRelease(repository, release, asked);
			case GitHubEvent.Push push -> {
				GitRef branch = RefRules.usable(push.ref());
				CommitSha commit = commit(push.after());
				yield this.resets.plan(Wish.build(repository, about.id(), Trigger.MAIN, branch, commit,
						RefRules.main(commit), asked, false));
			}
			case GitHubEvent.Ping ping -> throw new IllegalStateException("A ping is never planned");
			case GitHubEvent.Other other -> throw new IllegalStateException("Other events are never planned");
		};
	}

	static GitRemote remote(OnboardedRepository repository) {
		return new GitRemote(repository.name(), repository.cloneUrl(), repository.rule().credentialsFile());
	}

	private Planned ofRelease(OnboardedRepository repository, GitHubEvent.Release release, Wish.Asked asked) {
		GitRef tag = RefRules.usable("refs/tags/" + release.tagName());
		RefRules.releaseTag(tag);
		CommitSha commit = resolve(repository, tag);
		List<ImageTag> floating = RefRules.floating(repository.rule(), tag, release.prerelease());
		Wish wish = Wish.build(repository, release.about().id(), Trigger.RELEASE, tag, commit,
				RefRules.release(tag, commit, floating), asked, false);
		return PayloadRules.isPromotion(release) ? this.promotions.plan(wish, floating) : new Planned.Order(wish);
	}

	private CommitSha resolve(OnboardedRepository repository, GitRef tag) {
		return this.git.resolve(remote(repository), tag)
			.orElseThrow(() -> new PlanningFailure("tag-not-found",
					"The repository %s has no tag %s that points at a commit. Push the tag, then redeliver or replay the delivery."
						.formatted(repository.name(), tag.shortName())));
	}

	private static CommitSha commit(String after) {
		try {
			return CommitSha.of(after);
		}
		catch (InvalidValue ex) {
			throw new PlanningFailure("ref-unusable", ex.getMessage());
		}
	}

}
