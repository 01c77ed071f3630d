package dev.imagefactory.engine.argo;

import java.net.URI;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.LintVerdict;
import dev.imagefactory.engine.RunLint;
import dev.imagefactory.engine.RunPages;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.rendering.Site;
import dev.imagefactory.rendering.WorkflowRenderer;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowLintRequest;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an Argo Server knows besides the Kubernetes API. All of it may be missing: nothing
 * here fails because the server does.
 */
final class ArgoServer implements Archive, RunLint, RunPages {

	private static final Logger logger = LoggerFactory.getLogger(ArgoServer.class);

	/** A name is used again only by hand. */
	private static final String MOST = "5";

	private final String address;

	private final Sites sites;

	private final Places places;

	private final ArgoServerConnection server;

	private final ArgoServerGuard guard;

	private final ArgoServerFiles files;

	/**
	 * Creates it; nobody is asked yet.
	 * @param address where the server is, without a slash at its end
	 * @param sites where runs go
	 * @param places where runs were sent
	 * @param server its services
	 * @param guard what stands around each call
	 */
	ArgoServer(String address, Sites sites, Places places, ArgoServerConnection server, ArgoServerGuard guard) {
		this.address = address;
		this.sites = sites;
		this.places = places;
		this.server = server;
		this.guard = guard;
		this.files = new ArgoServerFiles(server.artifacts());
	}

	/** {@inheritDoc} Names of namespaces and builds need no escaping. */
	@Override
	public Optional<URI> page(@Nullable String engine, BuildId build, TeamName team) {
		return page(engine, build, () -> this.places.home(build, team));
	}

	/** {@inheritDoc} Where they were sent is stored, so one question finds all of it. */
	@Override
	public RunPages together(Collection<BuildId> builds) {
		BiFunction<BuildId, TeamName, Optional<String>> homes = this.places.homes(builds);
		return (engine, build, team) -> page(engine, build, () -> homes.apply(build, team));
	}

	private Optional<URI> page(@Nullable String engine, BuildId build, Supplier<Optional<String>> home) {
		return Optional.ofNullable(engine)
			.filter(ArgoEngine.NAME::equals)
			.flatMap((argo) -> home.get())
			.map((namespace) -> URI.create("%s/workflows/%s/%s".formatted(this.address, namespace, build)));
	}

	@Override
	public LintVerdict lint(Run run) {
		Optional<Site> site = this.sites.of(run);
		if (site.isEmpty()) {
			return unseen("the settings have no team %s".formatted(run.order().team()));
		}
		IoArgoprojWorkflowV1alpha1Workflow workflow = WorkflowRenderer.render(run, site.get(), false);
		try {
			return this.guard.call("lint the Workflow", () -> lint(namespace(site.get()), workflow));
		}
		catch (ArgoServerRefusal ex) {
			return ex.isOfTheObject() ? new LintVerdict.Wrong("The Argo Server says: " + ex.getMessage())
					: unseen("the Argo Server " + ex.advice());
		}
		catch (ArgoServerUnavailable ex) {
			logger.info("{}", ex.getMessage());
			return unseen("the Argo Server " + ex.reason());
		}
	}

	private static LintVerdict unseen(String why) {
		return new LintVerdict.Unseen("Not linted, because %s.".formatted(why));
	}

	private LintVerdict lint(String namespace, IoArgoprojWorkflowV1alpha1Workflow workflow) {
		IoArgoprojWorkflowV1alpha1Workflow answer = this.server.workflows()
			.lintWorkflow(namespace,
					new IoArgoprojWorkflowV1alpha1WorkflowLintRequest().namespace(namespace).workflow(workflow));
		if (!isNamed(answer, namespace, workflow.getMetadata().getName())) {
			throw new ArgoServerSilent("answered with something else than the Workflow that it was sent");
		}
		return new LintVerdict.Good();
	}

	@Override
	public List<IoArgoprojWorkflowV1alpha1Workflow> find(String namespace, String name) {
		String what = "look for the Workflow %s of the namespace %s in Argo's archive".formatted(name, namespace);
		try {
			List<String> uids = this.guard.call(what, () -> uids(namespace, name));
			return uids.stream().flatMap((uid) -> archived(namespace, name, uid, what).stream()).toList();
		}
		catch (ArgoServerRefusal ex) {
			logger.warn("Cannot {}: the Argo Server {}", what, ex.advice());
		}
		catch (ArgoServerUnavailable ex) {
			logger.warn("{}", ex.getMessage());
		}
		return List.of();
	}

	private List<String> uids(String namespace, String name) {
		var answer = this.server.archive().listArchivedWorkflows(namespace, "metadata.name=" + name, MOST);
		if (answer == null) {
			throw new ArgoServerSilent("answered with nothing");
		}
		return Objects.requireNonNullElse(answer.getItems(), List.<IoArgoprojWorkflowV1alpha1Workflow>of())
			.stream()
			.filter((item) -> isNamed(item, namespace, name))
			.map(IoArgoprojWorkflowV1alpha1Workflow::getMetadata)
			.filter((meta) -> meta.getUid() != null && !meta.getUid().isEmpty())
			.sorted(Comparator
				.comparing((ObjectMeta meta) -> Objects.requireNonNullElse(meta.getCreationTimestamp(), ""))
				.reversed())
			.map(ObjectMeta::getUid)
			.toList();
	}

	private Optional<IoArgoprojWorkflowV1alpha1Workflow> archived(String namespace, String name, String uid,
			String what) {
		IoArgoprojWorkflowV1alpha1Workflow answer = this.guard.call(what,
				() -> this.server.archive().getArchivedWorkflow(uid, namespace));
		return Optional.ofNullable(answer)
			.filter((workflow) -> isNamed(workflow, namespace, name) && uid.equals(workflow.getMetadata().getUid()));
	}

	/**
	 * Reads a Workflow with the nodes that its object does not hold, or holds in a form
	 * that is not read here.
	 * @param meta what is written on the object
	 * @return the Workflow, which has a status; empty when nobody could say
	 */
	Optional<IoArgoprojWorkflowV1alpha1Workflow> whole(ObjectMeta meta) {
		String what = "read the steps of the Workflow %s in the namespace %s".formatted(meta.getName(),
				meta.getNamespace());
		try {
			IoArgoprojWorkflowV1alpha1Workflow answer = this.guard.call(what,
					() -> this.server.workflows().getWorkflow(meta.getNamespace(), meta.getName(), null));
			return Optional.ofNullable(answer)
				.filter((workflow) -> isNamed(workflow, meta.getNamespace(), meta.getName()))
				.filter((workflow) -> Objects.equals(meta.getUid(), workflow.getMetadata().getUid()))
				.filter((workflow) -> workflow.getStatus() != null);
		}
		catch (ArgoServerRefusal ex) {
			logger.warn("Cannot {}: the Argo Server {}", what, ex.advice());
		}
		catch (ArgoServerUnavailable ex) {
			logger.warn("{}", ex.getMessage());
		}
		return Optional.empty();
	}

	/**
	 * Reads the log that a node has put into the artifact store.
	 * @param step the step that it is of
	 * @param node the node's id
	 * @return empty when there is none
	 * @throws EngineUnavailable when nobody could say, or it may not be read
	 */
	Optional<String> log(StepTries step, String node) {
		String what = "read the archived log of %s in the namespace %s".formatted(node, step.namespace());
		try {
			return this.guard.call(what, () -> this.files.log(step, node));
		}
		catch (ArgoServerRefusal ex) {
			throw new EngineUnavailable("Cannot %s: the Argo Server %s".formatted(what, ex.advice()), ex);
		}
		catch (ArgoServerUnavailable ex) {
			throw new EngineUnavailable(String.valueOf(ex.getMessage()), ex);
		}
	}

	private static String namespace(Site site) {
		return site.team().argo().namespace();
	}

	private static boolean isNamed(@Nullable IoArgoprojWorkflowV1alpha1Workflow workflow, String namespace,
			String name) {
		ObjectMeta meta = (workflow != null) ? workflow.getMetadata() : null;
		return meta != null && namespace.equals(meta.getNamespace()) && name.equals(meta.getName());
	}

}
