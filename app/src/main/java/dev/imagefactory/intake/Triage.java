package dev.imagefactory.intake;

import java.util.List;

import dev.imagefactory.github.GitHubEvent;

/** Decides what can be decided from a payload and the settings alone; pure and quick. */
public interface Triage {

	/**
	 * Judges an event.
	 * @param event the event of a verified delivery
	 * @return what is decided
	 */
	Decision judge(GitHubEvent event);

	/** What is decided of an event. */
	sealed interface Decision {

		/**
		 * What every rule said.
		 * @return the verdicts in the order in which the rules were asked
		 */
		List<RuleVerdict> rules();

		/**
		 * The delivery is to be planned.
		 *
		 * @param rules what every rule said
		 */
		record Accept(List<RuleVerdict> rules) implements Decision {
		}

		/**
		 * Nothing is to be built.
		 *
		 * @param reason one of the contract's ignored reasons
		 * @param detail why, in a sentence
		 * @param onboarded whether a team has onboarded the repository; otherwise the
		 * body is not kept
		 * @param rules what every rule said
		 */
		record Ignore(String reason, String detail, boolean onboarded, List<RuleVerdict> rules) implements Decision {
		}

	}

}
