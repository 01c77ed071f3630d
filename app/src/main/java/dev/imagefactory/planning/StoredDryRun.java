package dev.imagefactory.planning;

import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.Triage;
import dev.imagefactory.source.DeliveryId;

/** Looks at what is stored and at the repository, as planning does. */
class StoredDryRun implements DryRun {

	private final Triage triage;

	private final Wishes wishes;

	private final Orderer orderer;

	private final Clock clock;

	/**
	 * Creates dry runs.
	 * @param triage judges by the settings in force
	 * @param wishes what events ask for
	 * @param orderer knows which orders exist
	 * @param clock the time
	 */
	StoredDryRun(Triage triage, Wishes wishes, Orderer orderer, Clock clock) {
		this.triage = triage;
		this.wishes = wishes;
		this.orderer = orderer;
		this.clock = clock;
	}

	@Override
	public Foreseen of(GitHubEvent event) {
		return switch (this.triage.judge(event)) {
			case Triage.Decision.Ignore ignore -> new Foreseen(Outcomes.ignored(ignore), List.of());
			case Triage.Decision.Accept accept -> plan(event, accept.rules());
		};
	}

	private Foreseen plan(GitHubEvent event, List<RuleVerdict> rules) {
		DeliveryId delivery = DeliveryId.next(this.clock.instant());
		try {
			return switch (this.wishes.of(delivery, event)) {
				case Planned.Order order -> order(delivery, order.wish(), false, rules);
				case Planned.Again again -> order(delivery, again.wish(), true, rules);
				case Planned.NotHead notHead -> new Foreseen(Outcomes.later(rules, notHead.detail()), List.of());
				case Planned.Nothing nothing -> new Foreseen(Outcomes.nothing(rules, nothing), List.of());
				case Planned.Later later -> new Foreseen(Outcomes.later(rules, later.detail()), List.of());
			};
		}
		catch (PlanningFailure ex) {
			return new Foreseen(Outcomes.failed(rules, ex), List.of());
		}
	}

	private Foreseen order(DeliveryId delivery, Wish wish, boolean again, List<RuleVerdict> rules) {
		Ordered ordered = this.orderer.foresee(wish, again);
		List<Build> builds = Stream.ofNullable(ordered.build()).toList();
		return new Foreseen(Outcomes.ordered(delivery, rules, ordered), builds);
	}

}
