package dev.imagefactory.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;

/** The registry that holds the images. */
public interface Registry {

	/**
	 * The registry's host as it stands in references and ownership rows.
	 * @return such as {@code example.azurecr.io}, or {@code layout} for the embedded one
	 */
	String host();

	/**
	 * Asks what a tag points at.
	 * @param image the image
	 * @param tag the tag's name
	 * @return empty when the registry has no such tag
	 * @throws RegistryUnavailable when it did not answer
	 */
	Optional<Digest> digest(ImageName image, String tag);

	/**
	 * Asks whether the registry holds an image, whole.
	 * @param image the image
	 * @param digest the manifest's digest
	 * @return false when it says that it does not
	 * @throws RegistryUnavailable when it did not answer
	 */
	boolean holds(ImageName image, Digest digest);

	/**
	 * Reads the labels of an image's configuration.
	 * @param image the image
	 * @param digest the manifest's digest
	 * @return empty when the registry does not hold it
	 * @throws RegistryUnavailable when it did not answer
	 */
	Optional<Map<String, String>> labels(ImageName image, Digest digest);

	/**
	 * Lists the tags of an image with what they point at.
	 * @param image the image
	 * @return tag names and digests, in no particular order
	 * @throws RegistryUnavailable when it did not answer
	 */
	Map<String, Digest> tags(ImageName image);

	/**
	 * Uploads one image of a local OCI layout and points the tags at it, all or none;
	 * idempotent.
	 * @param layout the folder of a local OCI layout
	 * @param digest the manifest in it
	 * @param image the image
	 * @param tags the tags to point at it
	 * @param stillOurs asked right before a tag is written, because whoever pushes may
	 * have been frozen meanwhile; what it throws ends the push with that tag as it was.
	 * Asked again after one that floats was written: what it throws then is for the
	 * caller to mend, with {@link TagRepair}
	 * @throws InvalidImage when the layout does not hold that image, whole and of OCI
	 * type
	 * @throws ReleaseTagTaken when a tag that is written once points at another digest
	 * @throws RegistryUnavailable when it did not answer or could not store
	 */
	void push(Path layout, Digest digest, ImageName image, List<ImageTag> tags, Runnable stillOurs);

	/**
	 * Points more tags at an image that the registry holds, all or none; idempotent.
	 * @param image the image
	 * @param digest the manifest's digest
	 * @param tags the tags to point at it
	 * @param stillOurs asked right before a tag is written, because whoever pushes may
	 * have been frozen meanwhile; what it throws ends the push with that tag as it was.
	 * Asked again after one that floats was written: what it throws then is for the
	 * caller to mend, with {@link TagRepair}
	 * @throws InvalidImage when the registry does not hold that image, whole
	 * @throws ReleaseTagTaken when a tag that is written once points at another digest
	 * @throws RegistryUnavailable when it did not answer or could not store
	 */
	void tag(ImageName image, Digest digest, List<ImageTag> tags, Runnable stillOurs);

}
