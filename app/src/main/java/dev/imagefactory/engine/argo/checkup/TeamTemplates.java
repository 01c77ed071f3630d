package dev.imagefactory.engine.argo.checkup;

import java.util.List;

import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.rendering.Site;

/**
 * What some teams submit, by their settings.
 *
 * @param namespace where
 * @param build the template of builds
 * @param retag the template of re-tags
 * @param pushAccount the account that pushes
 * @param buildAccount the account that runs repository code
 */
record TeamTemplates(String namespace, String build, String retag, String pushAccount, String buildAccount) {

	/** What the teams of the settings submit, each once. */
	static List<TeamTemplates> of(List<Team> teams) {
		return teams.stream().map(TeamTemplates::of).distinct().toList();
	}

	private static TeamTemplates of(Team team) {
		ArgoIdentity argo = team.argo();
		return new TeamTemplates(argo.namespace(), argo.template(), Site.retagTemplate(argo), argo.serviceAccount(),
				argo.buildAccount());
	}

	/** The account that the settings, or this version, want a step to run as. */
	String account(Part part) {
		return switch (part) {
			case PIPELINE, BUILD -> this.buildAccount;
			case CLONE -> "image-clone";
			case SCAN -> "image-scan";
			case PUSH, RETAG -> this.pushAccount;
		};
	}

}
