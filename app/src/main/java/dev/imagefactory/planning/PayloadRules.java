package dev.imagefactory.planning;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.image.StableReleases;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.RuleVerdict.Verdict;
import dev.imagefactory.intake.Triage;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import org.jspecify.annotations.Nullable;

/**
 * The rules that need only a payload and the settings, in the order in which they are
 * asked; the first that objects gives the reason. Which actions and refs are built
 * follows GitHub's documentation, "Webhook events and payloads", release and push.
 */
class PayloadRules implements Triage {

	private static final String BRANCHES = "refs/heads/";

	private static final String TAGS = "refs/tags/";

	private static final List<Rule> RULES = List.of(new Rule("repository-not-onboarded", PayloadRules::notOnboarded),
			new Rule("repository-archived", PayloadRules::archived), new Rule("not-a-trigger", PayloadRules::noTrigger),
			new Rule("draft", PayloadRules::draft), new Rule("action-not-published", PayloadRules::notPublished),
			new Rule("ref-deleted", PayloadRules::refDeleted), new Rule("tag-push", PayloadRules::tagPush),
			new Rule("branch-not-built", PayloadRules::branchNotBuilt), new Rule("skip-ci", PayloadRules::skipped),
			new Rule("nothing-to-promote", PayloadRules::nothingToPromote));

	private final Onboarding onboarding;

	PayloadRules(Onboarding onboarding) {
		this.onboarding = onboarding;
	}

	@Override
	public Decision judge(GitHubEvent event) {
		Facts facts = new Facts(event,
				event.repository().flatMap((repository) -> this.onboarding.find(repository.name())).orElse(null));
		List<RuleVerdict> verdicts = new ArrayList<>();
		Optional<RuleVerdict> objection = Optional.empty();
		for (Rule rule : RULES) {
			if (objection.isPresent()) {
				verdicts.add(new RuleVerdict(rule.name(), null, Verdict.SKIPPED,
						"Not asked, because " + objection.get().rule() + " had decided."));
				continue;
			}
			Answer answer = rule.question().apply(facts);
			RuleVerdict verdict = new RuleVerdict(rule.name(), null, answer.objects() ? Verdict.IGNORE : Verdict.PASS,
					answer.detail());
			objection = answer.objects() ? Optional.of(verdict) : Optional.empty();
			verdicts.add(verdict);
		}
		boolean onboarded = facts.onboarded() != null;
		return objection.<Decision>map(
				(verdict) -> new Decision.Ignore(verdict.rule(), verdict.detail(), onboarded, List.copyOf(verdicts)))
			.orElseGet(() -> new Decision.Accept(List.copyOf(verdicts)));
	}

	private static Answer notOnboarded(Facts facts) {
		Optional<GitHubEvent.Repository> repository = facts.event().repository();
		if (repository.isEmpty()) {
			return Answer.pass("The payload names no repository.");
		}
		if (facts.onboarded() == null) {
			return Answer.object(
					"No team has onboarded %s; add it under image-factory.teams.".formatted(repository.get().name()));
		}
		return Answer
			.pass("%s belongs to team %s.".formatted(repository.get().name(), facts.onboarded().team().name()));
	}

	private static Answer archived(Facts facts) {
		boolean archived = facts.event().repository().map(GitHubEvent.Repository::archived).orElse(false);
		return archived ? Answer.object("The repository is archived.") : Answer.pass("The repository is not archived.");
	}

	private static Answer noTrigger(Facts facts) {
		return switch (facts.event()) {
			case GitHubEvent.Release release -> Answer.pass("Releases can trigger builds.");
			case GitHubEvent.Push push -> Answer.pass("Pushes can trigger builds.");
			case GitHubEvent.Ping ping -> Answer.object("A ping triggers nothing.");
			case GitHubEvent.Other other -> Answer.object("Only release and push events trigger builds.");
		};
	}

	private static Answer draft(Facts facts) {
		boolean draft = facts.event() instanceof GitHubEvent.Release release && release.draft();
		return draft ? Answer.object("The release is a draft; it is built when it is published.")
				: Answer.pass("It is no draft.");
	}

	private static Answer notPublished(Facts facts) {
		if (!(facts.event() instanceof GitHubEvent.Release release)) {
			return Answer.pass("It is no release.");
		}
		return switch (release.actionName()) {
			case "published" -> Answer.pass("The release is published.");
			case "released" -> Answer.pass("The release became a full release.");
			default -> Answer.object("Releases are built on action 'published'; this is another.");
		};
	}

	private static Answer refDeleted(Facts facts) {
		boolean deleted = facts.event() instanceof GitHubEvent.Push push && push.deleted();
		return deleted ? Answer.object("The push deleted the ref.") : Answer.pass("No ref was deleted.");
	}

	private static Answer tagPush(Facts facts) {
		boolean tag = facts.event() instanceof GitHubEvent.Push push && push.ref().startsWith(TAGS);
		return tag ? Answer.object("Tags are built by their release's own event.") : Answer.pass("It is no tag push.");
	}

	private static Answer branchNotBuilt(Facts facts) {
		if (!(facts.event() instanceof GitHubEvent.Push push) || facts.onboarded() == null) {
			return Answer.pass("It is no push.");
		}
		List<String> branches = facts.onboarded().rule().branches();
		List<String> built = branches.isEmpty() ? List.of(push.about().defaultBranch()) : branches;
		boolean matches = built.stream().anyMatch((branch) -> push.ref().equals(BRANCHES + branch));
		return matches ? Answer.pass("The branch is built.")
				: Answer.object("Only pushes to %s are built.".formatted(String.join(", ", built)));
	}

	private static Answer skipped(Facts facts) {
		if (!(facts.event() instanceof GitHubEvent.Push push) || push.headMessage() == null) {
			return Answer.pass("There is no commit message to ask for skipping.");
		}
		String message = push.headMessage().toLowerCase(Locale.ROOT);
		boolean skip = message.contains("[skip ci]") || message.contains("[ci skip]");
		return skip ? Answer.object("The head commit's message asks to skip CI.")
				: Answer.pass("The commit message does not ask for skipping.");
	}

	/** What its image is to gain is looked for in the background. */
	private static Answer nothingToPromote(Facts facts) {
		if (!(facts.event() instanceof GitHubEvent.Release release) || !isPromotion(release)) {
			return Answer.pass("It is no promotion.");
		}
		if (facts.onboarded() == null || !facts.onboarded().rule().latest()) {
			return Answer.object("The image keeps the tags it was published with; the settings ask for no other.");
		}
		return StableReleases.isStable(release.tagName()) ? Answer.pass("The image may gain the tag latest.")
				: Answer.object("By its name the tag is a pre-release, whose image gains no tag.");
	}

	/**
	 * Whether an event says that a pre-release became a release. GitHub says so too of a
	 * release that never was a pre-release, beside {@code published}.
	 */
	static boolean isPromotion(GitHubEvent.Release release) {
		return release.actionName().equals("released");
	}

	/**
	 * What the rules look at.
	 *
	 * @param event the event
	 * @param onboarded what applies to its repository; null when no team has onboarded it
	 */
	private record Facts(GitHubEvent event, @Nullable OnboardedRepository onboarded) {
	}

	/**
	 * A rule.
	 *
	 * @param name the reason it gives when it objects
	 * @param question what it asks
	 */
	private record Rule(String name, Function<Facts, Answer> question) {
	}

	/**
	 * What a rule says.
	 *
	 * @param objects whether nothing is to be built
	 * @param detail why
	 */
	private record Answer(boolean objects, String detail) {

		static Answer pass(String detail) {
			return new Answer(false, detail);
		}

		static Answer object(String detail) {
			return new Answer(true, detail);
		}

	}

}
