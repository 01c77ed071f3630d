package dev.imagefactory.rendering;

import java.util.regex.Pattern;

import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.Team;

/**
 * Where a run's Workflow goes, by the settings and never by the run.
 *
 * @param installation this installation's id, which tells its Workflows from others'
 * @param registry the registry's host, such as {@code example.azurecr.io}
 * @param team the team of the run's repository
 */
public record Site(String installation, String registry, Team team) {

	/** Kubernetes, "Labels and Selectors": the form of a label's value. */
	private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");

	private static final String BUILD = "image-build";

	private static final String RETAG = "image-retag";

	public Site {
		if (!LABEL.matcher(installation).matches()) {
			throw new IllegalArgumentException(
					"The installation '%s' cannot be a label: expected 1 to 63 of letters, digits and inner '-', '_', '.'"
						.formatted(installation));
		}
	}

	/**
	 * The template of builds.
	 * @return the name that the team's settings give
	 */
	String buildTemplate() {
		return this.team.argo().template();
	}

	/**
	 * The template of re-tags.
	 * @return its name
	 */
	String retagTemplate() {
		return retagTemplate(this.team.argo());
	}

	/**
	 * The template of re-tags, which is installed beside that of builds: its name has
	 * {@code image-retag} where the other has {@code image-build}.
	 * @param argo what the team's settings say
	 * @return its name
	 */
	public static String retagTemplate(ArgoIdentity argo) {
		String build = argo.template();
		return build.contains(BUILD) ? build.replace(BUILD, RETAG) : build + "-retag";
	}

}
