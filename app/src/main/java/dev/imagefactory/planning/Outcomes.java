package dev.imagefactory.planning;

import java.util.List;
import java.util.stream.Stream;

import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.RuleVerdict.Verdict;
import dev.imagefactory.intake.Triage;
import dev.imagefactory.source.DeliveryId;

/** Words what planning comes to, for deliveries and for dry runs alike; pure. */
final class Outcomes {

	private static final String NOTHING_TO_PROMOTE = "nothing-to-promote";

	private Outcomes() {
	}

	/** Triage objects. */
	static Decided ignored(Triage.Decision.Ignore ignore) {
		return new Decided(DeliveryOutcome.IGNORED, ignore.reason(), ignore.detail(), ignore.rules(), null);
	}

	/** A promotion has nothing to do. */
	static Decided nothing(List<RuleVerdict> rules, Planned.Nothing nothing) {
		RuleVerdict last = new RuleVerdict(NOTHING_TO_PROMOTE, null, Verdict.IGNORE, nothing.detail());
		return new Decided(DeliveryOutcome.IGNORED, NOTHING_TO_PROMOTE, nothing.detail(), with(rules, last), null);
	}

	/** It cannot be decided yet; the detail says what is waited for. */
	static Decided later(List<RuleVerdict> rules, String detail) {
		return new Decided(DeliveryOutcome.ACCEPTED, null, detail, rules, null);
	}

	/** It cannot be built. */
	static Decided failed(List<RuleVerdict> rules, PlanningFailure failure) {
		RuleVerdict last = new RuleVerdict(failure.reason(), null, Verdict.FAIL, failure.detail());
		return new Decided(DeliveryOutcome.FAILED, failure.reason(), failure.detail(), with(rules, last), null);
	}

	/** There is an order; a delivery that made it is no duplicate when planned again. */
	static Decided ordered(DeliveryId delivery, List<RuleVerdict> rules, Ordered ordered) {
		String image = ordered.order().key().image().value();
		String detail = detail(ordered, image);
		List<RuleVerdict> all = with(rules, new RuleVerdict("order", image, Verdict.PASS, detail));
		DeliveryId first = ordered.order().delivery();
		boolean mine = ordered.isNew() || delivery.equals(first);
		return mine ? new Decided(DeliveryOutcome.BUILT, null, null, all, null)
				: new Decided(DeliveryOutcome.DUPLICATE, null, detail, all, first);
	}

	private static String detail(Ordered ordered, String image) {
		if (ordered.isReturn()) {
			return "Ordered as %s: its commit is the head of the branch again, so its image gets tag %s back, and nothing is built."
				.formatted(image, ordered.order().recipe().tags().getFirst());
		}
		if (ordered.isAgain()) {
			return "Ordered as %s again: its build was superseded, and its commit is the head of the branch now."
				.formatted(image);
		}
		return ordered.isNew() ? "Ordered as %s.".formatted(image)
				: "The same order exists already; nothing is built twice.";
	}

	private static List<RuleVerdict> with(List<RuleVerdict> rules, RuleVerdict last) {
		return Stream.concat(rules.stream(), Stream.of(last)).toList();
	}

}
