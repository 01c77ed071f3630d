package dev.imagefactory.onboarding;

import java.util.List;

import dev.imagefactory.image.ImageName;

/**
 * A team and all that it may do.
 *
 * @param name the team
 * @param imagePrefix where its images lie: {@code <prefix>/<repository>}
 * @param argo where its builds run on Kubernetes
 * @param gate what stops its images
 * @param repositories its repositories, in the order of the settings
 */
public record Team(TeamName name, ImageName imagePrefix, ArgoIdentity argo, GatePolicy gate,
		List<RepositoryRule> repositories) {

	public Team {
		repositories = List.copyOf(repositories);
	}

}
