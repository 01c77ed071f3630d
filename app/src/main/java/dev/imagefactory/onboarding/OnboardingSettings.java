package dev.imagefactory.onboarding;

import java.util.List;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The teams of this installation, under {@code image-factory.teams}.
 *
 * @param teams the teams in the order of the settings; none is fine
 */
@ConfigurationProperties("image-factory")
public record OnboardingSettings(@DefaultValue List<TeamSettings> teams) {

	public OnboardingSettings {
		teams = List.copyOf(teams);
		List<SettingConflict> conflicts = conflicts(teams, false);
		if (!conflicts.isEmpty()) {
			throw new IllegalArgumentException(conflicts.stream()
				.map((conflict) -> conflict.key() + ": " + conflict.problem())
				.collect(Collectors.joining("; ")));
		}
	}

	/**
	 * Finds what is wrong between settings that are good one by one.
	 * @param teams the teams
	 * @param onKubernetes whether every team's builds run on Kubernetes, also where the
	 * settings do not say in which namespace
	 * @return every conflict found; empty when the teams can work side by side
	 */
	public static List<SettingConflict> conflicts(List<TeamSettings> teams, boolean onKubernetes) {
		return new TeamConflicts(teams, onKubernetes).find();
	}

}
