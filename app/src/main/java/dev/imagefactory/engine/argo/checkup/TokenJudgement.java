package dev.imagefactory.engine.argo.checkup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.engine.Check;

/**
 * Judges whether the Secret with the token of Argo's executor is there. Without it every
 * pod waits for ever, and says nothing.
 */
final class TokenJudgement {

	static final String TOKEN = "executor-token";

	static final String SUFFIX = ".service-account-token";

	/** Pulling an image and mounting a disk take their time. */
	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private TokenJudgement() {
	}

	/**
	 * Judges.
	 * @param facts what was seen
	 * @param now the present time
	 * @return the check
	 */
	static Check of(NamespaceFacts facts, Instant now) {
		String secret = facts.secret();
		Optional<Boolean> seen = facts.tokenSecret().seen();
		if (seen.isPresent()) {
			return seen.get() ? Check.ok(TOKEN, facts.namespace(), "The Secret %s is there.".formatted(secret))
					: wrong(facts, "The Secret %s is not there.".formatted(secret));
		}
		List<PodFact> mounted = facts
			.newest((pod) -> pod.start() == PodFact.Start.STARTED && pod.tokenSecret().equals(secret));
		List<PodFact> stuck = facts
			.newest((pod) -> pod.start() == PodFact.Start.MOUNTING && pod.created().plus(PATIENCE).isBefore(now));
		if (!stuck.isEmpty()
				&& (mounted.isEmpty() || mounted.getFirst().created().isBefore(stuck.getFirst().created()))) {
			return stuck(facts, stuck.getFirst(), secret);
		}
		return mounted.isEmpty() ? unseen(facts, secret) : Check.ok(TOKEN, facts.namespace(),
				"The pod %s has mounted the Secret %s.".formatted(mounted.getFirst().name(), secret));
	}

	/** Events say what a pod waits for; without them the usual reason is a guess. */
	private static Check stuck(NamespaceFacts facts, PodFact pod, String secret) {
		String waits = "The pod %s has waited since %s for its volumes".formatted(pod.name(), pod.created());
		Optional<List<String>> events = facts.mountFailures().seen();
		if (events.isEmpty()) {
			return wrong(facts,
					"%s and says no reason; most often the Secret %s is missing (the right to %s would show the reason)."
						.formatted(waits, secret, Right.SEE_EVENTS));
		}
		return events.get()
			.stream()
			.filter((message) -> message.contains("\"" + secret + "\" not found"))
			.findFirst()
			.map((message) -> wrong(facts, "%s: %s.".formatted(waits, message)))
			.orElseGet(() -> Check.cannotSee(TOKEN, facts.namespace(),
					"%s, and Kubernetes does not say that it is the Secret %s.".formatted(waits, secret),
					"kubectl -n %s describe pod %s".formatted(facts.namespace(), pod.name())));
	}

	private static Check wrong(NamespaceFacts facts, String detail) {
		return Check.wrong(TOKEN, facts.namespace(), detail, TemplateJudgement.APPLY);
	}

	private static Check unseen(NamespaceFacts facts, String secret) {
		return Check.cannotSee(TOKEN, facts.namespace(),
				"Whether the Secret %s is there is shown by the next pod: none is there now, and the right to %s in the namespace %s is missing, which the service had better not have."
					.formatted(secret, Right.seeSecret(secret), facts.namespace()),
				"kubectl -n %s get secret %s".formatted(facts.namespace(), secret));
	}

}
