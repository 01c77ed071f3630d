package dev.imagefactory.build;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import org.jspecify.annotations.Nullable;

/**
 * Which open build holds a tag, and what the tag was last known to point at. At most one
 * open build holds a tag. Methods join the caller's transaction.
 */
public interface Tags {

	/**
	 * Takes tags for a build, all or none.
	 * @param image the image
	 * @param tags the tags
	 * @param build who takes them
	 * @return false when another open build holds one of them
	 */
	boolean take(ImageName image, Collection<ImageTag> tags, BuildId build);

	/**
	 * Takes tags for a build, all or none, if what was decided about some of them still
	 * stands.
	 * @param image the image
	 * @param tags the tags
	 * @param build who takes them
	 * @param versions the versions that rows must still have, by tag; 0 for no row
	 * @return false when another open build holds one of them, or has held it meanwhile
	 */
	boolean takeUnchanged(ImageName image, Collection<ImageTag> tags, BuildId build, Map<ImageTag, Integer> versions);

	/**
	 * Gives back every tag that a build holds; idempotent.
	 * @param build the build
	 */
	void giveBack(BuildId build);

	/**
	 * Records what a build published under the tags that it holds, with its order's ref.
	 * @param build the build
	 * @param tags those of its tags that point at the image
	 * @param commit the image's commit
	 * @param digest the image
	 */
	void published(BuildId build, Collection<ImageTag> tags, CommitSha commit, Digest digest);

	/**
	 * Makes void what was decided about a tag and is not done yet, because something
	 * happened outside that may change it: whoever decided must look again.
	 * @param image the image
	 * @param tag the tag
	 */
	void outdate(ImageName image, ImageTag tag);

	/**
	 * Reads what is known of a tag.
	 * @param image the image
	 * @param tag the tag's name
	 * @return empty when no build ever took it
	 */
	Optional<Known> find(ImageName image, String tag);

	/**
	 * Reads what is known of some tags, at one moment.
	 * @param image the image
	 * @param tags the tags
	 * @return what is known, by tag; without those that no build ever took
	 */
	Map<ImageTag, Known> find(ImageName image, Collection<ImageTag> tags);

	/**
	 * Counts one more rebuild of a published release.
	 * @param image the image
	 * @param release the release's tag
	 * @return the rebuild's number, from 1
	 */
	int nextRebuild(ImageName image, ImageTag release);

	/**
	 * Lists what is known of an image's tags.
	 * @param image the image
	 * @return the tags by name
	 */
	List<Known> list(ImageName image);

	/**
	 * What is known of a tag.
	 *
	 * @param tag the tag
	 * @param holder the open build that holds it
	 * @param commit the commit of what it points at
	 * @param ref the branch or git tag that this commit was built from; null when nobody
	 * published it, or it was built by its name only
	 * @param digest what it points at
	 * @param version counts every taking, every publishing and every outdating
	 */
	record Known(ImageTag tag, @Nullable BuildId holder, @Nullable CommitSha commit, @Nullable GitRef ref,
			@Nullable Digest digest, int version) {
	}

}
