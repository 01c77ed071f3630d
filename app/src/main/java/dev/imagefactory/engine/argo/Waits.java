package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunPhase.Waiting;
import org.jspecify.annotations.Nullable;

/** Says what a Workflow waits for, and what to do about it. */
final class Waits {

	/** Pulling an image and mounting volumes take their time. */
	static final Duration STARTING = Duration.ofMinutes(2);

	private static final String POD_STARTING = "pod-starting";

	private static final List<String> IMAGE = List.of("errimagepull", "imagepullbackoff", "invalidimagename",
			"errimageneverpull", "imageinspecterror", "registryunavailable", "signaturevalidationfailed");

	private static final List<String> CONTAINER = List.of("createcontainerconfigerror", "createcontainererror",
			"runcontainererror", "crashloopbackoff");

	private Waits() {
	}

	/**
	 * What the pod of a step waits for.
	 * @param step a step whose last attempt is pending
	 * @param now the present time
	 * @return the reason
	 */
	static Waiting ofPod(StepNode step, Instant now) {
		String message = step.message();
		if (message == null || message.isEmpty() || isStarting(message)) {
			return starting(step, now);
		}
		return of("The step " + step.step().wireName(), message);
	}

	private static boolean isStarting(String message) {
		return message.equals("PodInitializing") || message.equals("ContainerCreating");
	}

	/**
	 * What Argo's words say.
	 * @param who what waits, as the beginning of a sentence
	 * @param message the words
	 * @return the reason; {@code pod-starting} when they say nothing that we know
	 */
	static Waiting of(String who, String message) {
		String words = message.toLowerCase(Locale.ROOT);
		String shown = ArgoText.shown(message);
		if (any(words, "exceeded quota", "resourcequota", "resource quota")) {
			return waiting("quota",
					"%s waits for room in the namespace's quota: %s. It goes on when other pods have ended or the quota is raised.",
					who, shown);
		}
		if (any(words, "persistentvolumeclaim", "persistent volume", "volume node affinity", "waiting for a pvc")) {
			return waiting("claim-pending", "%s waits for its volume: %s. Look at the claim and at its storage class.",
					who, shown);
		}
		if (words.startsWith("unschedulable")) {
			return waiting("no-node",
					"%s waits for a node that has room for its pod: %s. Add nodes, or look at what the installed template asks for (resources, nodeSelector, tolerations).",
					who, shown);
		}
		if (words.startsWith("waiting for ") && words.contains("lock") || words.startsWith("waiting to acquire")) {
			return waiting("lock", "%s waits for its turn: %s. It goes on when the holder of the lock has ended.", who,
					shown);
		}
		if (any(words, "too many workflows", "rate-limit reached", "max parallelism")) {
			return waiting("argo-busy",
					"%s waits because Argo runs as much at once as its settings allow: %s. It goes on when others have ended, or raise the controller's parallelism.",
					who, shown);
		}
		return ofContainer(who, words, shown);
	}

	private static Waiting ofContainer(String who, String words, String shown) {
		if (IMAGE.stream().anyMatch(words::startsWith)) {
			return waiting("image-pull",
					"%s waits for an image that cannot be pulled: %s. Look at images in the kustomization.yaml of the templates, and at the accounts' imagePullSecrets.",
					who, shown);
		}
		if (CONTAINER.stream().anyMatch(words::startsWith)) {
			return waiting("pod-config",
					"%s waits because its container cannot be made: %s. Compare the installed templates with this version's.",
					who, shown);
		}
		if (any(words, "is forbidden", "denied the request", "failed calling webhook")) {
			return waiting("admission",
					"%s waits because the cluster does not let its pod in: %s. Look at the policies and webhooks of the namespace.",
					who, shown);
		}
		return waiting(POD_STARTING, "%s waits for its pod: %s.", who, shown);
	}

	/**
	 * Argo does not tell why a pod is not mounted: that it takes long is all that is seen
	 * here. The account token of Argo's executor is what is forgotten most often.
	 */
	private static Waiting starting(StepNode step, Instant now) {
		Instant since = step.waitingSince();
		String name = step.step().wireName();
		if (since == null || now.isBefore(since.plus(STARTING))) {
			return waiting(POD_STARTING, "The pod of the step %s is starting.", name);
		}
		return waiting("account-token-missing",
				"The pod of the step %s does not start, and says no reason. Most often the Secret image-executor.service-account-token is missing, or another volume cannot be mounted: look at the pod's events (kubectl describe pod).",
				name);
	}

	/**
	 * The controller says nothing.
	 * @param what since when, or of what, as the end of a sentence
	 * @return the reason
	 */
	static Waiting silent(String what) {
		return waiting("controller-silent",
				"The workflow-controller says nothing of the Workflow %s. Look whether it runs, and whether it watches this namespace.",
				what);
	}

	/**
	 * Nothing has begun yet.
	 * @return the reason
	 */
	static Waiting begun() {
		return waiting(POD_STARTING, "Argo has the Workflow and is about to begin it.");
	}

	private static boolean any(@Nullable String words, String... any) {
		return words != null && Stream.of(any).anyMatch(words::contains);
	}

	private static Waiting waiting(String reason, String sentence, Object... values) {
		return new Waiting(reason, sentence.formatted(values));
	}

}
