package dev.imagefactory.engine.argo.checkup;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.imagefactory.engine.Check;

/**
 * Judges the version of Argo Workflows, by the image of its executor in the last pod.
 * Earlier versions have known holes, and report runs as succeeded that did not.
 */
final class VersionJudgement {

	static final String VERSION = "argo-version";

	private static final Pattern IMAGE = Pattern
		.compile("[^@]*:v?([0-9]{1,4})\\.([0-9]{1,4})\\.([0-9]{1,4})(-[A-Za-z0-9.-]+)?(?:@sha256:[0-9a-f]{64})?");

	static final String INSTALL = "kubectl apply --server-side --force-conflicts -n argo -f https://github.com/argoproj/argo-workflows/releases/download/v4.1.2/install.yaml";

	private static final String NEEDED = "4.0.10, 4.1.2 or later";

	private VersionJudgement() {
	}

	/**
	 * Judges.
	 * @param facts what was seen
	 * @return the check
	 */
	static Check of(NamespaceFacts facts) {
		List<PodFact> pods = facts.newest((pod) -> !pod.executorImage().isEmpty());
		if (pods.isEmpty()) {
			return Check.cannotSee(VERSION, facts.namespace(),
					facts.pods()
						.hidden()
						.map(Sight.Hidden::why)
						.orElse("The version is read from the executor in the last pod, and no pod is there now."),
					facts.pods().hidden().map(Sight.Hidden::fix).orElse(null));
		}
		PodFact pod = pods.getFirst();
		Matcher image = IMAGE.matcher(pod.executorImage());
		if (!image.matches()) {
			return Check.cannotSee(VERSION, facts.namespace(),
					"The executor's image %s in the pod %s does not say its version; needed is %s."
						.formatted(pod.executorImage(), pod.name(), NEEDED),
					"kubectl -n argo get deployment workflow-controller -o jsonpath='{..image}'");
		}
		return judge(facts, pod, image);
	}

	private static Check judge(NamespaceFacts facts, PodFact pod, Matcher image) {
		int major = Integer.parseInt(image.group(1));
		int minor = Integer.parseInt(image.group(2));
		int patch = Integer.parseInt(image.group(3));
		boolean early = image.group(4) != null && image.group(4).matches("-(rc|alpha|beta).*");
		String found = "Argo Workflows is %d.%d.%d%s, by the executor in the pod %s".formatted(major, minor, patch,
				early ? image.group(4) : "", pod.name());
		int reached = early ? patch - 1 : patch;
		if (major == 3 && minor == 7 && reached >= 18) {
			return new Check(VERSION, facts.namespace(), Check.Verdict.OK,
					found + ": a line that gets no more updates.", INSTALL);
		}
		boolean good = (major > 4) || (major == 4 && (minor > 1 || reached >= ((minor == 1) ? 2 : 10)));
		return good ? Check.ok(VERSION, facts.namespace(), found + ".") : Check.wrong(VERSION, facts.namespace(),
				found + ": it has known holes and wrong ends, and %s is needed.".formatted(NEEDED), INSTALL);
	}

}
