package dev.imagefactory.planning;

import java.util.List;

import dev.imagefactory.build.Build;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.Delivery.Decided;

/** Says what a delivery of an event would come to, without storing anything. */
public interface DryRun {

	/**
	 * Plans an event as it stands now, by the rules that deliveries are planned by.
	 * @param event the event
	 * @return what a delivery of it would come to
	 * @throws GitUnavailable when the repository did not answer, so that a delivery would
	 * wait
	 */
	Foreseen of(GitHubEvent event);

	/**
	 * What a delivery would come to.
	 *
	 * @param decided outcome, reason and every rule's verdict
	 * @param builds the builds that would be queued, one for each image; none of them is
	 * stored
	 */
	record Foreseen(Decided decided, List<Build> builds) {

		public Foreseen {
			builds = List.copyOf(builds);
		}

	}

}
