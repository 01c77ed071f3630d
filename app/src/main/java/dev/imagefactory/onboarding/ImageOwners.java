package dev.imagefactory.onboarding;

import java.util.Optional;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.RepositoryId;

/** Which repository an image name belongs to: the one that claimed it first. */
public interface ImageOwners {

	/**
	 * Says whose an image name is, without claiming it.
	 * @param registry the registry's host
	 * @param image the image
	 * @return empty when nobody claimed it yet
	 */
	Optional<RepositoryId> find(String registry, ImageName image);

	/**
	 * Claims an image name for a repository; idempotent.
	 * @param registry the registry's host
	 * @param image the image
	 * @param repository who claims it
	 * @return the owner, which is another repository when the name was taken before
	 */
	RepositoryId claim(String registry, ImageName image, RepositoryId repository);

	/**
	 * Hands every image name of one identity to another: the repository's id became
	 * known.
	 * @param from the provisional identity
	 * @param to the provider's own
	 */
	void handOver(RepositoryId from, RepositoryId to);

}
