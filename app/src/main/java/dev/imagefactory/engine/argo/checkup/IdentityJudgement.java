package dev.imagefactory.engine.argo.checkup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.Installed;

/**
 * Judges who gets the registry's identity: the pods that push, and nobody else; and
 * whether their account has one.
 */
final class IdentityJudgement {

	static final String IDENTITY = "identity";

	private static final Pattern AZURE = Pattern.compile(".+\\.azurecr\\.[a-z]+(:[0-9]+)?");

	private static final List<Check.Verdict> WORST_LAST = List.of(Check.Verdict.OK, Check.Verdict.CANNOT_SEE,
			Check.Verdict.WRONG);

	private static final String CLIENT = "azure.workload.identity/client-id";

	private IdentityJudgement() {
	}

	/**
	 * Judges.
	 * @param facts what was seen
	 * @param registry the registry's host
	 * @return the check
	 */
	static Check of(NamespaceFacts facts, String registry) {
		for (Installed installed : facts.templates()) {
			Optional<Check> labels = labels(facts.namespace(), installed);
			if (labels.isPresent()) {
				return labels.get();
			}
		}
		String well = "Only the pods that push have the label %s. ".formatted(StepTemplate.IDENTITY);
		if (!AZURE.matcher(registry).matches()) {
			return Check.ok(IDENTITY, facts.namespace(),
					well + "The registry %s is none of Azure's, so no account needs an identity.".formatted(registry));
		}
		return facts.templates()
			.stream()
			.map((installed) -> installed.teams().pushAccount())
			.distinct()
			.map((account) -> account(facts, account, well))
			.max(Comparator.comparing((check) -> WORST_LAST.indexOf(check.verdict())))
			.orElseThrow();
	}

	private static Optional<Check> labels(String namespace, Installed installed) {
		List<String> wrong = new ArrayList<>();
		for (Part part : Part.values()) {
			Optional<StepTemplate> step = installed.step(part);
			if (step.isEmpty()) {
				return Optional.of(Check.cannotSee(IDENTITY, namespace,
						"The WorkflowTemplate %s was not seen; see the check templates."
							.formatted(installed.name(part)),
						TemplateJudgement.APPLY));
			}
			if (step.get().hasIdentity() != part.pushes()) {
				wrong.add(part.pushes() ? "%s lacks it, so it cannot push".formatted(installed.name(part))
						: "%s has it, though it does not push".formatted(installed.name(part)));
			}
		}
		return wrong.isEmpty() ? Optional.empty()
				: Optional.of(Check.wrong(IDENTITY, namespace, "The label %s belongs on the pods that push: %s."
					.formatted(StepTemplate.IDENTITY, String.join(", ", wrong)), TemplateJudgement.APPLY));
	}

	private static Check account(NamespaceFacts facts, String account, String well) {
		Optional<JsonNode> seen = Optional.ofNullable(facts.accounts().get(account))
			.flatMap(Sight::seen)
			.flatMap((found) -> found);
		if (seen.isPresent()) {
			String client = seen.get().at("/metadata/annotations").path(CLIENT).asText();
			return client.isEmpty() ? unannotated(facts, account, "The account %s lacks".formatted(account))
					: Check.ok(IDENTITY, facts.namespace(),
							well + "The account %s is the identity %s.".formatted(account, client));
		}
		return facts.newest((pod) -> pod.identity() && pod.account().equals(account))
			.stream()
			.findFirst()
			.map((pod) -> pod(facts, pod, well))
			.orElseGet(() -> Check.cannotSee(IDENTITY, facts.namespace(), well
					+ "Whether the account %s has the annotation %s is shown by the next pod that pushes: none is there now, and the right to %s in the namespace %s is missing."
						.formatted(account, CLIENT, Right.SEE_ACCOUNTS, facts.namespace()),
					"kubectl -n %s get serviceaccount %s -o yaml".formatted(facts.namespace(), account)));
	}

	/** What Azure's webhook did to it. */
	private static Check pod(NamespaceFacts facts, PodFact pod, String well) {
		String client = pod.azure().getOrDefault("AZURE_CLIENT_ID", "");
		if (!pod.azure().containsKey("AZURE_FEDERATED_TOKEN_FILE")) {
			return Check.wrong(IDENTITY, facts.namespace(),
					"The pod %s has the label, and Azure's webhook has not given it an identity: it is not installed, or does not see this namespace."
						.formatted(pod.name()),
					"az aks update --resource-group <group> --name <cluster> --enable-oidc-issuer --enable-workload-identity");
		}
		return client.isEmpty()
				? unannotated(facts, pod.account(),
						"The pod %s was given no client id: its account %s lacks".formatted(pod.name(), pod.account()))
				: Check.ok(IDENTITY, facts.namespace(),
						well + "The pod %s had the identity %s.".formatted(pod.name(), client));
	}

	private static Check unannotated(NamespaceFacts facts, String account, String begin) {
		return Check.wrong(IDENTITY, facts.namespace(), "%s the annotation %s.".formatted(begin, CLIENT),
				"kubectl -n %s annotate serviceaccount %s %s=<client id>".formatted(facts.namespace(), account,
						CLIENT));
	}

}
