package dev.imagefactory.engine.argo;

import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Checkup;
import dev.imagefactory.onboarding.Onboarding;

/**
 * Looks whether the Argo Server answers, takes the token, and has an archive. Nothing of
 * it keeps a build from ending.
 *
 * @param address where the server is
 * @param server its services
 * @param guard what stands around each call
 * @param onboarding the teams
 */
record ArgoServerCheckup(String address, ArgoServerConnection server, ArgoServerGuard guard,
		Onboarding onboarding) implements Checkup {

	static final String SERVER = "argo-server";

	static final String ARCHIVE = "argo-archive";

	private static final String ONE = "1";

	private static final int UNKNOWN_TOKEN = 401;

	@Override
	public List<Check> checks() {
		List<Check> checks = new ArrayList<>();
		checks.add(answers());
		boolean silent = checks.getFirst().verdict() != Check.Verdict.OK;
		this.onboarding.teams()
			.stream()
			.map((team) -> team.argo().namespace())
			.distinct()
			.map((namespace) -> silent ? Check.cannotSee(ARCHIVE, namespace, "The Argo Server cannot be used.", null)
					: archive(namespace))
			.forEach(checks::add);
		return List.copyOf(checks);
	}

	/**
	 * Whoever shows any token is told the version, so it does not say whether ours is
	 * taken.
	 */
	private Check answers() {
		String fix = "curl -fsS %s/api/v1/version, from where this service runs".formatted(this.address);
		try {
			var version = this.guard.call("read the version of the Argo Server", () -> this.server.info().getVersion());
			if (version == null || version.getVersion() == null) {
				return Check.wrong(SERVER, null, "What answers at %s is no Argo Server.".formatted(this.address), fix);
			}
			return Check.ok(SERVER, null, "The Argo Server at %s answers; its version is %s.".formatted(this.address,
					ArgoText.shown(version.getVersion())));
		}
		catch (ArgoServerRefusal ex) {
			return Check.wrong(SERVER, null, "The Argo Server at %s %s.".formatted(this.address, ex.advice()), fix);
		}
		catch (ArgoServerUnavailable ex) {
			return Check.wrong(SERVER, null, "The Argo Server at %s %s.".formatted(this.address, ex.reason()), fix);
		}
	}

	/** One that is off answers like one that is empty. */
	private Check archive(String namespace) {
		try {
			var found = this.guard.call("read Argo's archive for the namespace " + namespace,
					() -> this.server.archive().listArchivedWorkflows(namespace, null, ONE));
			boolean any = found != null && found.getItems() != null && !found.getItems().isEmpty();
			return any
					? Check.ok(ARCHIVE, namespace,
							"The Argo Server takes the token, and its archive has Workflows of this namespace.")
					: Check.cannotSee(ARCHIVE, namespace,
							"The Argo Server takes the token. It shows no archived Workflow of this namespace: there is none yet, or the archive is off.",
							"kubectl -n argo get configmap workflow-controller-configmap -o jsonpath='{.data.persistence}'");
		}
		catch (ArgoServerRefusal ex) {
			return Check.wrong(ARCHIVE, namespace, "The Argo Server " + ex.advice() + ".", fix(ex, namespace));
		}
		catch (ArgoServerUnavailable ex) {
			return Check.cannotSee(ARCHIVE, namespace, "The Argo Server " + ex.reason() + ".", null);
		}
	}

	private static String fix(ArgoServerRefusal refusal, String namespace) {
		return (refusal.status() == UNKNOWN_TOKEN)
				? "kubectl -n %s create token image-factory-argo-server --duration=24h, into the file that image-factory.argo.server-token-file names"
					.formatted(namespace)
				: ("kubectl -n %1$s create role image-factory-argo-server --verb=get,list --resource=workflows.argoproj.io; "
						+ "kubectl -n %1$s create rolebinding image-factory-argo-server --role=image-factory-argo-server "
						+ "--serviceaccount=<the account of image-factory.argo.server-token-file>")
					.formatted(namespace);
	}

}
