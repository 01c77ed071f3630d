package dev.imagefactory.planning;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.OrderBusy;
import dev.imagefactory.build.Transition;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Carries out what people and programs ask for: resolved first, then stored, then
 * answered.
 */
class StoredBuildRequests implements BuildRequests {

	private final Onboarding onboarding;

	private final KnownRepositories known;

	private final Git git;

	private final Orderer orderer;

	private final Builds builds;

	private final TransactionOperations transactions;

	private final Clock clock;

	/**
	 * Creates what carries out requests.
	 * @param onboarding which repositories there are
	 * @param known which were seen
	 * @param git resolves what is asked for
	 * @param orderer makes orders
	 * @param builds the stored builds
	 * @param transactions nested ones: what fails inside, because somebody was quicker,
	 * must not doom the caller's transaction
	 * @param clock the time
	 */
	StoredBuildRequests(Onboarding onboarding, KnownRepositories known, Git git, Orderer orderer, Builds builds,
			TransactionOperations transactions, Clock clock) {
		this.onboarding = onboarding;
		this.known = known;
		this.git = git;
		this.orderer = orderer;
		this.builds = builds;
		this.transactions = transactions;
		this.clock = clock;
	}

	@Override
	public RequestAnswer request(BuildRequest request) {
		Optional<Build> made = this.orderer.madeFor(request.requestId());
		return made.<RequestAnswer>map((build) -> new RequestAnswer.Accepted(List.of(build)))
			.orElseGet(() -> requestAnew(request));
	}

	private RequestAnswer requestAnew(BuildRequest request) {
		Optional<OnboardedRepository> repository = this.onboarding.find(request.repository());
		if (repository.isEmpty()) {
			return new RequestAnswer.NotOnboarded();
		}
		if (request.image() != null && !request.image().equals(repository.get().defaultImage())) {
			return new RequestAnswer.Refused("image-unknown", "The repository %s makes the image %s and no other."
				.formatted(request.repository(), repository.get().defaultImage()));
		}
		try {
			Pinned pinned = pin(repository.get(), request.target());
			Wish wish = Wish.build(repository.get(), identity(repository.get()), Trigger.MANUAL, pinned.ref(),
					pinned.commit(), pinned.tags(), new Wish.Asked(Origin.API, null, request.requestId()),
					request.bulk());
			return this.transactions.execute((status) -> {
				Ordered ordered = this.orderer.order(wish);
				return new RequestAnswer.Accepted(List.of(this.builds.ofOrder(ordered.order().id()).getFirst()));
			});
		}
		catch (NotFound ex) {
			return new RequestAnswer.RefNotFound(String.valueOf(ex.getMessage()));
		}
		catch (GitUnavailable ex) {
			return new RequestAnswer.RepositoryUnreachable(String.valueOf(ex.getMessage()));
		}
		catch (PlanningFailure ex) {
			return new RequestAnswer.Refused(ex.reason(), ex.detail());
		}
	}

	private Pinned pin(OnboardedRepository repository, Target target) {
		return switch (target) {
			case Target.Ref(GitRef ref) -> {
				CommitSha commit = resolve(repository, RefRules.usable(ref.value()));
				yield new Pinned(ref, commit,
						isBuilt(repository, ref) ? RefRules.main(commit) : RefRules.other(commit));
			}
			case Target.Commit(CommitSha commit) -> {
				if (!this.git.has(Wishes.remote(repository), commit)) {
					throw new NotFound("The repository %s has no commit %s.".formatted(repository.name(), commit));
				}
				yield new Pinned(null, commit, RefRules.other(commit));
			}
			case Target.Release(String name) -> {
				GitRef tag = RefRules.usable("refs/tags/" + name);
				RefRules.releaseTag(tag);
				CommitSha commit = resolve(repository, tag);
				yield new Pinned(tag, commit, RefRules.release(tag, commit, floating(repository, tag, commit)));
			}
		};
	}

	/**
	 * What the provider said of the release counts; of one that it never told us about
	 * only the name says whether it is stable.
	 */
	private List<ImageTag> floating(OnboardedRepository repository, GitRef tag, CommitSha commit) {
		return this.orderer.announced(repository, identity(repository), tag, commit)
			.map((order) -> order.recipe()
				.tags()
				.stream()
				.filter((one) -> one.tagClass() == TagClass.FLOATING)
				.toList())
			.orElseGet(() -> RefRules.floating(repository.rule(), tag, false));
	}

	private CommitSha resolve(OnboardedRepository repository, GitRef ref) {
		return this.git.resolve(Wishes.remote(repository), ref)
			.orElseThrow(() -> new NotFound(
					"The repository %s has no %s that points at a commit.".formatted(repository.name(), ref)));
	}

	/**
	 * A branch is built when the settings name it or, without that, when it is the
	 * default branch.
	 */
	private boolean isBuilt(OnboardedRepository repository, GitRef ref) {
		if (ref.isTag()) {
			return false;
		}
		List<String> branches = repository.rule().branches();
		if (!branches.isEmpty()) {
			return branches.contains(ref.shortName());
		}
		return this.known.find(repository.name())
			.map(KnownRepositories.Known::defaultBranch)
			.or(() -> this.git.defaultBranch(Wishes.remote(repository)).map(GitRef::shortName))
			.filter(ref.shortName()::equals)
			.isPresent();
	}

	private RepositoryId identity(OnboardedRepository repository) {
		RepositoryId pinned = repository.rule().id();
		if (pinned != null) {
			return pinned;
		}
		return this.known.find(repository.name())
			.map(KnownRepositories.Known::id)
			.orElseGet(() -> RepositoryId.provisional(repository.rule().provider(), repository.name()));
	}

	@Override
	public RerunAnswer rerun(BuildId id, String actor) {
		Optional<Build> found = this.builds.find(id);
		if (found.isEmpty()) {
			return new RerunAnswer.NotFound();
		}
		List<Build> attempts = this.builds.ofOrder(found.get().order().id());
		Optional<Build> open = attempts.stream().filter(Build::isOpen).findFirst();
		if (open.isPresent()) {
			return new RerunAnswer.StillOpen(open.get());
		}
		Build next = attempts.getLast().again(this.clock.instant());
		try {
			this.transactions.executeWithoutResult((status) -> this.builds.add(next));
			return new RerunAnswer.Accepted(next);
		}
		catch (OrderBusy ex) {
			return new RerunAnswer.StillOpen(this.builds.ofOrder(next.order().id()).getLast());
		}
	}

	@Override
	public CancelAnswer cancel(BuildId id, String actor) {
		while (true) {
			Optional<Build> found = this.builds.find(id);
			if (found.isEmpty()) {
				return new CancelAnswer.NotFound();
			}
			if (!found.get().isOpen()) {
				return new CancelAnswer.Over(found.get());
			}
			try {
				Optional<Transition> asked = BuildMachine.apply(found.get(), new BuildEvent.CancelAsked(actor),
						this.clock.instant());
				asked.ifPresent((transition) -> this.transactions
					.executeWithoutResult((status) -> this.builds.store(transition)));
				return new CancelAnswer.Accepted(asked.map(Transition::build).orElse(found.get()));
			}
			catch (BuildChanged ex) {
				// Somebody else was quicker: what the build is now decides.
				continue;
			}
		}
	}

	/**
	 * A target with its commit pinned.
	 *
	 * @param ref the branch or tag; null for a bare commit
	 * @param commit the commit
	 * @param tags the tags that are wanted
	 */
	private record Pinned(@Nullable GitRef ref, CommitSha commit, List<ImageTag> tags) {
	}

	/** The repository has no such ref or commit. */
	private static final class NotFound extends RuntimeException {

		NotFound(String message) {
			super(message);
		}

	}

}
