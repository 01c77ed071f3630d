package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import static dev.imagefactory.engine.argo.StrictKubernetes.JSON;

/**
 * A good installation: the templates as {@code kubectl apply -k} installs them after the
 * images were pinned, and the pods of a build that went well.
 */
final class InstalledFixture {

	static final Instant NOW = Instant.parse("2026-03-01T12:10:00Z");

	static final String WORKFLOW = "build-01kjmma2g0wycd31k2mhw094p5";

	private static final Path FOLDER = Path.of("workflow-templates");

	private static final String PINNED = "@sha256:" + "a".repeat(64);

	private static final Map<String, String> ACCOUNTS = Map.of("clone", "image-clone", "build", "image-build", "scan",
			"image-scan", "push", "argo-sa");

	private final StrictInstallation installation;

	InstalledFixture(StrictInstallation installation) {
		this.installation = installation;
	}

	/** Installs what a good installation has, and lets a build have run. */
	InstalledFixture all() {
		templates();
		List.of("clone", "build", "scan", "push").forEach((step) -> pod(step, (pod) -> {
		}));
		return this;
	}

	InstalledFixture templates() {
		Stream.of("image-build-v1", "git-clone", "kaniko-build", "trivy-scan", "acr-push", "image-retag")
			.map((name) -> read(FOLDER.resolve(name + ".yaml")))
			.map(InstalledFixture::mapped)
			.forEach((template) -> this.installation.put("workflowtemplates", template));
		return this;
	}

	private static ObjectNode read(Path file) {
		try {
			return JSON.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ObjectNode mapped(ObjectNode template) {
		template.at("/spec/templates").forEach((each) -> {
			if (each.path("script") instanceof ObjectNode script) {
				script.put("image", "mirror.example.com/" + script.path("image").asText() + ":v1" + PINNED);
			}
		});
		return template;
	}

	/** Changes an installed template. */
	void change(String name, Consumer<ObjectNode> change) {
		change.accept((ObjectNode) this.installation.objects.get("workflowtemplates/" + name).get("spec"));
	}

	/** Changes the template of a WorkflowTemplate that becomes a pod. */
	void changeStep(String name, String step, Consumer<ObjectNode> change) {
		change(name, (spec) -> spec.path("templates").forEach((template) -> {
			if (template.path("name").asText().equals(step)) {
				change.accept((ObjectNode) template);
			}
		}));
	}

	/** A pod of the good build that has ended, changed. */
	void pod(String step, Consumer<ObjectNode> change) {
		String name = WORKFLOW + "-" + step + "-1";
		ObjectNode pod = JSON.createObjectNode();
		ObjectNode metadata = pod.putObject("metadata")
			.put("name", name)
			.put("creationTimestamp", "2026-03-01T12:05:00Z");
		metadata.putObject("labels").put("workflows.argoproj.io/workflow", WORKFLOW);
		ObjectNode spec = pod.putObject("spec").put("serviceAccountName", ACCOUNTS.get(step));
		ObjectNode main = spec.putArray("containers").addObject().put("name", "main").put("image", "kaniko");
		main.putArray("env");
		spec.withArrayProperty("containers")
			.addObject()
			.put("name", "wait")
			.put("image", "quay.io/argoproj/argoexec:v4.1.2");
		spec.putArray("volumes")
			.addObject()
			.put("name", "exec-sa-token")
			.putObject("secret")
			.put("secretName", "image-executor.service-account-token");
		if (step.equals("push")) {
			metadata.withObjectProperty("labels").put("azure.workload.identity/use", "true");
			main.withArrayProperty("env").addObject().put("name", "AZURE_CLIENT_ID").put("value", "a-client");
			main.withArrayProperty("env").addObject().put("name", "AZURE_FEDERATED_TOKEN_FILE").put("value", "/token");
		}
		ObjectNode status = pod.putObject("status").put("phase", "Succeeded");
		status.putArray("containerStatuses")
			.addObject()
			.putObject("state")
			.putObject("terminated")
			.put("finishedAt", "2026-03-01T12:06:00Z");
		change.accept(pod);
		this.installation.put("pods", pod);
	}

	void noPods() {
		this.installation.objects.keySet().removeIf((key) -> key.startsWith("pods/"));
	}

	/** A pod that waits since five minutes and says nothing. */
	static void stuck(ObjectNode pod) {
		pod.withObjectProperty("status").put("phase", "Pending");
		pod.withObjectProperty("status").remove("containerStatuses");
		for (String kind : List.of("initContainerStatuses", "containerStatuses")) {
			pod.withObjectProperty("status")
				.putArray(kind)
				.addObject()
				.putObject("state")
				.putObject("waiting")
				.put("reason", "PodInitializing");
		}
	}

}
