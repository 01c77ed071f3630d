package dev.imagefactory.onboarding;

import java.net.URI;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.RepositoryName;

/**
 * A repository that a team has onboarded, with everything that applies to it.
 *
 * @param name the repository
 * @param team its team
 * @param rule the rule that covers it
 * @param defaultImage the image that it builds unless its config file names others
 * @param cloneUrl where it is cloned from
 */
public record OnboardedRepository(RepositoryName name, Team team, RepositoryRule rule, ImageName defaultImage,
		URI cloneUrl) {

}
