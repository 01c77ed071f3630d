package dev.imagefactory.onboarding;

/**
 * Where and as whom a team's builds run on Kubernetes. The accounts are written in the
 * team's installed templates; the names here are only compared with them.
 *
 * @param namespace the namespace of the team's Workflows
 * @param serviceAccount the account that pushes
 * @param buildAccount the account that runs repository code
 * @param template the WorkflowTemplate that is submitted
 * @param shared whether other teams may use the same namespace and accounts
 */
public record ArgoIdentity(String namespace, String serviceAccount, String buildAccount, String template,
		boolean shared) {

	/**
	 * The same in another namespace.
	 * @param other the namespace
	 * @return the identity
	 */
	public ArgoIdentity in(String other) {
		return new ArgoIdentity(other, this.serviceAccount, this.buildAccount, this.template, this.shared);
	}

	/**
	 * The identity of a team whose settings say nothing.
	 * @return namespace {@code builds}, accounts {@code argo-sa} and {@code image-build}
	 */
	public static ArgoIdentity standard() {
		return new ArgoIdentity("builds", "argo-sa", "image-build", "image-build-v1", false);
	}

}
