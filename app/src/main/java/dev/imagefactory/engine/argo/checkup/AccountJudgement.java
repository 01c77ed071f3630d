package dev.imagefactory.engine.argo.checkup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.Installed;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.WorkflowFacts;

/**
 * Judges the accounts: the templates name them, the settings are compared with that, and
 * they have to be there.
 */
final class AccountJudgement {

	static final String ACCOUNTS = "accounts";

	private AccountJudgement() {
	}

	/**
	 * Judges.
	 * @param facts what was seen
	 * @return the check
	 */
	static Check of(NamespaceFacts facts) {
		for (Installed installed : facts.templates()) {
			Optional<Check> wrong = compare(facts.namespace(), installed);
			if (wrong.isPresent()) {
				return wrong.get();
			}
		}
		List<String> missing = facts.accounts().keySet().stream().filter((name) -> isMissing(facts, name)).toList();
		if (!missing.isEmpty()) {
			return Check.wrong(ACCOUNTS, facts.namespace(),
					"The templates run as accounts that are not there: %s.".formatted(String.join(", ", missing)),
					TemplateJudgement.APPLY);
		}
		List<String> unseen = facts.accounts().keySet().stream().filter((name) -> !isThere(facts, name)).toList();
		if (!unseen.isEmpty()) {
			return Check.cannotSee(ACCOUNTS, facts.namespace(),
					"The templates name the accounts that the settings name. Whether they are there cannot be seen of %s: the right to %s in the namespace %s is missing, and no pod of theirs is there now."
						.formatted(String.join(", ", unseen), Right.SEE_ACCOUNTS, facts.namespace()),
					"kubectl -n %s get serviceaccounts %s".formatted(facts.namespace(), String.join(" ", unseen)));
		}
		return Check.ok(ACCOUNTS, facts.namespace(),
				"The templates name the accounts that the settings name, and they are there: %s."
					.formatted(String.join(", ", facts.accounts().keySet())));
	}

	private static Optional<Check> compare(String namespace, Installed installed) {
		List<String> wrong = new ArrayList<>();
		for (Part part : Part.values()) {
			String wanted = installed.teams().account(part);
			Optional<StepTemplate> step = installed.step(part);
			if (step.isEmpty()) {
				return Optional.of(Check.cannotSee(ACCOUNTS, namespace,
						"The WorkflowTemplate %s was not seen; see the check templates."
							.formatted(installed.name(part)),
						TemplateJudgement.APPLY));
			}
			String found = step.get().account();
			if (!found.equals(wanted)) {
				wrong.add("%s runs as %s, and should as %s".formatted(installed.name(part),
						found.isEmpty() ? "the namespace's default account" : found, wanted));
			}
		}
		return wrong.isEmpty() ? Optional.empty() : Optional.of(Check.wrong(ACCOUNTS, namespace, String.join("; ",
				wrong)
				+ ". The accounts are written in the templates, and the settings (teams[].argo.service-account, teams[].argo.build-account) are only compared with them.",
				TemplateJudgement.APPLY + ", or the names in the settings"));
	}

	private static boolean isThere(NamespaceFacts facts, String name) {
		boolean seen = facts.accounts().get(name).seen().flatMap((account) -> account).isPresent();
		boolean used = !facts.newest((pod) -> pod.account().equals(name)).isEmpty();
		// The executor's account is used by its Secret, which a pod mounts.
		boolean mounted = !facts.newest(
				(pod) -> pod.tokenSecret().equals(name + TokenJudgement.SUFFIX) && pod.start() == PodFact.Start.STARTED)
			.isEmpty();
		return seen || used || mounted;
	}

	private static boolean isMissing(NamespaceFacts facts, String name) {
		Optional<Optional<JsonNode>> seen = facts.accounts().get(name).seen();
		if (seen.isPresent()) {
			return seen.get().isEmpty();
		}
		Pattern complaint = Pattern.compile("serviceaccounts? \"" + Pattern.quote(name) + "\" not found");
		boolean complained = facts.workflows()
			.seen()
			.map(WorkflowFacts::complaints)
			.orElse(List.of())
			.stream()
			.anyMatch((message) -> complaint.matcher(message).find());
		return complained && !isThere(facts, name);
	}

}
