package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rights that are installed for the service are those that its requests need, by what
 * it really sends: its engine, its logs and its self-check.
 */
class UsedRightsTests {

	private static final Pattern NAMESPACED = Pattern.compile(
			"([A-Z]+) /(?:api/v1|apis/argoproj\\.io/v1alpha1)/namespaces/[^/]+/([a-z]+)(?:/([^/?]+)(/[a-z]+)?)?(?:\\?(.*))?");

	/** What everybody may do who is known at all. */
	private static final Pattern OF_ALL = Pattern
		.compile("GET /version|GET /apis/argoproj\\.io/v1alpha1|POST /apis/auth[a-z.0-9]+/v1/selfsubject[a-z]+");

	/** It is in the contract's list, and nothing needs it yet. */
	private static final String UNUSED = "watch pods";

	private final Set<String> used = new TreeSet<>();

	@Test
	void roleWhenComparedWithWhatIsSentHasNoRightTooManyAndNoneTooFew() throws IOException {
		runABuild();
		readLogs("v1");
		readLogs("v2");
		checkUp();
		assertThat(this.used).doesNotContain(UNUSED);
		this.used.add(UNUSED);
		assertThat(granted()).isEqualTo(this.used);
	}

	private void runABuild() {
		try (TestCluster cluster = new TestCluster()) {
			ArgoEngine engine = cluster.engine();
			Run run = TestRuns.release();
			engine.start();
			engine.submit(run);
			engine.list();
			engine.find(run.build());
			engine.stop(run.build());
			cluster.phase(run.build(), "Failed");
			engine.release(run.build());
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> cluster.kubernetes.store.watching() > 0);
			note(cluster.kubernetes);
		}
	}

	/** Argo names pods by one of two rules. */
	private void readLogs(String podNames) {
		try (LogStage stage = new LogStage()) {
			stage.podNames = podNames;
			stage.says(Step.CLONE, "Running").pod(Step.CLONE, 1).writes(LogStage.START, "Cloning");
			stage.replica();
			stage.await(Step.CLONE, "Cloning");
			note(stage.cluster.kubernetes);
		}
	}

	private void checkUp() {
		try (TestCheckup checkup = new TestCheckup()) {
			checkup.checks();
			note(checkup.cluster.kubernetes);
		}
	}

	private void note(StrictKubernetes kubernetes) {
		for (String line : kubernetes.requests) {
			Matcher request = NAMESPACED.matcher(line);
			if (request.matches()) {
				String sub = (request.group(4) != null) ? request.group(4) : "";
				this.used.add(verb(request) + " " + request.group(2) + sub);
			}
			else {
				assertThat(line).matches(OF_ALL);
			}
		}
	}

	private static String verb(Matcher request) {
		return switch (request.group(1)) {
			case "POST" -> "create";
			case "PATCH" -> "patch";
			case "GET" -> {
				if (request.group(3) != null) {
					yield "get";
				}
				yield String.valueOf(request.group(5)).contains("watch=true") ? "watch" : "list";
			}
			default -> throw new IllegalArgumentException("Nobody expects " + request.group(1));
		};
	}

	private static Set<String> granted() throws IOException {
		Set<String> granted = new TreeSet<>();
		for (Object document : new Yaml(new SafeConstructor(new LoaderOptions()))
			.loadAll(Files.readString(Path.of("workflow-templates/service-access.yaml")))) {
			Map<?, ?> object = (Map<?, ?>) document;
			for (Object rule : object.containsKey("rules") ? (List<?>) object.get("rules") : List.of()) {
				for (Object resource : (List<?>) ((Map<?, ?>) rule).get("resources")) {
					((List<?>) ((Map<?, ?>) rule).get("verbs")).forEach((verb) -> granted.add(verb + " " + resource));
				}
			}
		}
		return granted;
	}

}
