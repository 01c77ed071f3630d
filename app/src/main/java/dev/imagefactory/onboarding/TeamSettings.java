package dev.imagefactory.onboarding;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One team under {@code image-factory.teams}. What is not given is what
 * {@link ArgoIdentity#standard()}, {@link GatePolicy#standard()} and
 * {@link RepositoryRule#standard(String)} say; an empty text counts as not given.
 *
 * @param name the team
 * @param imagePrefix where its images lie
 * @param argo where its builds run on Kubernetes
 * @param gate what stops its images
 * @param repositories its repositories
 */
public record TeamSettings(TeamName name, ImageName imagePrefix, @Nullable Argo argo, @DefaultValue Gate gate,
		@DefaultValue List<Repository> repositories) {

	public TeamSettings {
		repositories = List.copyOf(repositories);
	}

	/**
	 * The team as the rest of the service knows it.
	 * @return the team with every default filled in
	 */
	public Team toTeam() {
		ArgoIdentity identity = (this.argo != null) ? this.argo.toIdentity() : ArgoIdentity.standard();
		return new Team(this.name, this.imagePrefix, identity, this.gate.toPolicy(),
				this.repositories.stream().map(Repository::toRule).toList());
	}

	private static String given(@Nullable String value, String otherwise) {
		return (value == null || value.isEmpty()) ? otherwise : value;
	}

	private static @Nullable String given(@Nullable String value) {
		return (value == null || value.isEmpty()) ? null : value;
	}

	/**
	 * Where and as whom a team's builds run on Kubernetes.
	 *
	 * @param namespace the namespace of its Workflows
	 * @param serviceAccount the account that pushes
	 * @param buildAccount the account that runs repository code
	 * @param template the WorkflowTemplate that is submitted
	 * @param shared whether other teams may use the same namespace and accounts
	 */
	public record Argo(@Nullable String namespace, @Nullable String serviceAccount, @Nullable String buildAccount,
			@Nullable String template, @DefaultValue("false") Boolean shared) {

		ArgoIdentity toIdentity() {
			ArgoIdentity standard = ArgoIdentity.standard();
			return new ArgoIdentity(given(this.namespace, standard.namespace()),
					given(this.serviceAccount, standard.serviceAccount()),
					given(this.buildAccount, standard.buildAccount()), given(this.template, standard.template()),
					this.shared);
		}

	}

	/**
	 * What stops a team's images before they are pushed.
	 *
	 * @param severities findings of these severities stop an image
	 * @param ignoreUnfixed whether findings without a fixed version are let through
	 * @param endOfLife what to do with an operating system that gets no more updates
	 * @param waiversConfigMap the ConfigMap with the team's waivers
	 * @param allowUnscanned whether an image that no scanner looked at may be pushed
	 */
	public record Gate(@DefaultValue List<Severity> severities, @Nullable Boolean ignoreUnfixed,
			GatePolicy.@Nullable EndOfLife endOfLife, @Nullable String waiversConfigMap,
			@Nullable Boolean allowUnscanned) {

		public Gate {
			severities = List.copyOf(severities);
		}

		GatePolicy toPolicy() {
			GatePolicy standard = GatePolicy.standard();
			Set<Severity> stopping = this.severities.isEmpty() ? standard.severities()
					: EnumSet.copyOf(this.severities);
			return new GatePolicy(stopping,
					(this.ignoreUnfixed != null) ? this.ignoreUnfixed : standard.ignoreUnfixed(),
					(this.endOfLife != null) ? this.endOfLife : standard.endOfLife(), given(this.waiversConfigMap),
					(this.allowUnscanned != null) ? this.allowUnscanned : standard.allowUnscanned());
		}

	}

	/**
	 * One repository, or all of an owner.
	 *
	 * @param name {@code owner/name} or {@code owner/*}
	 * @param provider the host
	 * @param id the provider's own id
	 * @param branches branches whose pushes are built
	 * @param image another image name than the default
	 * @param latest whether {@code latest} follows stable releases
	 * @param cloneUrl where to clone from when not from the host's web address
	 * @param credentialsFile the file with a token for a private clone
	 * @param webhook the repository's own secrets
	 * @param badge who may see the badge
	 */
	public record Repository(RepositoryPattern name, @Nullable Provider provider, @Nullable String id,
			@DefaultValue List<String> branches, @Nullable String image, @DefaultValue("false") Boolean latest,
			@Nullable URI cloneUrl, @Nullable String credentialsFile, @DefaultValue Webhook webhook,
			@DefaultValue("private") Badge badge) {

		public Repository {
			branches = List.copyOf(branches);
		}

		RepositoryRule toRule() {
			Provider host = (this.provider != null) ? this.provider : Provider.GITHUB;
			String ownId = given(this.id);
			String ownImage = given(this.image);
			String token = given(this.credentialsFile);
			return new RepositoryRule(this.name, host, (ownId != null) ? new RepositoryId(host, ownId) : null,
					this.branches, (ownImage != null) ? ImageName.of(ownImage) : null, this.latest, this.cloneUrl,
					(token != null) ? Path.of(token) : null, this.webhook.files(), this.badge == Badge.PUBLIC);
		}

	}

	/**
	 * The files of webhook secrets.
	 *
	 * @param secretFiles the current one and, while it is being rotated out, the previous
	 */
	public record Webhook(@DefaultValue List<String> secretFiles) {

		public Webhook {
			secretFiles = List.copyOf(secretFiles);
		}

		List<Path> files() {
			return this.secretFiles.stream().map(Path::of).toList();
		}

	}

	/** Who may see a repository's badge. */
	public enum Badge {

		/** Nobody: others see what they would see of an unknown repository. */
		PRIVATE,

		/** Anybody. */
		PUBLIC

	}

}
