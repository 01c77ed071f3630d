package dev.imagefactory.engine.argo.checkup;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.argo.checkup.Sight.Hidden;
import dev.imagefactory.engine.argo.checkup.Sight.Seen;

/** Compares the rights that we have with those that the installed Role would give. */
final class RightsJudgement {

	/** What is missing. */
	static final String RIGHTS = "rights";

	/** What is too much. */
	static final String FURTHER = "further-rights";

	/** Who a kubeconfig may speak for, as far as it can stand in a command. */
	private static final Pattern PERSON = Pattern.compile("[A-Za-z0-9._@:/#-]+");

	private RightsJudgement() {
	}

	/** What gives the service its rights. */
	static String fix(String namespace) {
		return "kubectl -n %s apply -f workflow-templates/service-access.yaml".formatted(namespace);
	}

	/**
	 * Looks for what is missing.
	 * @param facts what was seen
	 * @param expected what this version needs
	 * @param user as whom the API server knows us; empty when it does not say
	 * @return the check
	 */
	static Check missing(NamespaceFacts facts, ExpectedObjects expected, String user) {
		return switch (facts.rights()) {
			case Hidden<Set<Right>>(String why, String fix) -> Check.cannotSee(RIGHTS, facts.namespace(), why, fix);
			case Seen<Set<Right>>(Set<Right> have) -> {
				List<Right> missing = expected.rights().stream().filter(Predicate.not(have::contains)).toList();
				yield missing.isEmpty()
						? Check.ok(RIGHTS, facts.namespace(),
								"%s has the %d rights it needs.".formatted(who(user), expected.rights().size()))
						: Check.wrong(RIGHTS, facts.namespace(), missing(missing, expected, user), bind(facts, user));
			}
		};
	}

	private static String missing(List<Right> missing, ExpectedObjects expected, String user) {
		String none = (missing.size() == expected.rights().size())
				? " That is all it needs: is there such a namespace, and the Role in it?" : "";
		return "%s may not: %s.%s".formatted(who(user), words(missing), none);
	}

	/**
	 * The Role is bound to the account's usual name; another one, and a person whose
	 * kubeconfig is used, needs a line of its own.
	 */
	private static String bind(NamespaceFacts facts, String user) {
		String[] parts = user.split(":");
		boolean account = parts.length == 4 && user.startsWith("system:serviceaccount:");
		if (account && !(parts[2] + "/" + parts[3]).equals("image-factory/image-factory")) {
			return "%s && kubectl -n %s create rolebinding image-factory-%s --role=image-factory --serviceaccount=%s:%s"
				.formatted(fix(facts.namespace()), facts.namespace(), parts[3], parts[2], parts[3]);
		}
		if (!account && PERSON.matcher(user).matches()) {
			return "%s && kubectl -n %s create rolebinding image-factory-outside --role=image-factory --user='%s'"
				.formatted(fix(facts.namespace()), facts.namespace(), user);
		}
		return fix(facts.namespace());
	}

	/**
	 * Looks for what is too much.
	 * @param facts what was seen
	 * @param expected what this version needs
	 * @param user as whom the API server knows us
	 * @return the check
	 */
	static Check further(NamespaceFacts facts, ExpectedObjects expected, String user) {
		return switch (facts.rights()) {
			case Hidden<Set<Right>>(String why, String fix) -> Check.cannotSee(FURTHER, facts.namespace(), why, fix);
			case Seen<Set<Right>>(Set<Right> have) -> {
				List<Right> further = Right.dangerous()
					.stream()
					.filter(have::contains)
					.filter(Predicate.not(expected.rights()::contains))
					.toList();
				yield further.isEmpty()
						? Check.ok(FURTHER, facts.namespace(),
								"%s may do nothing dangerous beyond what it needs.".formatted(who(user)))
						: Check.wrong(FURTHER, facts.namespace(),
								"%s may also: %s. Who gets hold of its token may do that.".formatted(who(user),
										words(further)),
								"Bind it to the Role image-factory and nothing else; to see what it is bound to: kubectl get rolebindings,clusterrolebindings -A -o wide | grep '%s'"
									.formatted(name(user)));
			}
		};
	}

	private static String words(List<Right> rights) {
		return rights.stream().sorted(Right.ORDER).map(Right::toString).collect(Collectors.joining(", "));
	}

	private static String who(String user) {
		return user.isEmpty() ? "The service" : "The service (" + user + ")";
	}

	private static String name(String user) {
		String last = user.substring(user.lastIndexOf(':') + 1);
		return last.matches("[A-Za-z0-9._@-]+") ? last : "image-factory";
	}

}
