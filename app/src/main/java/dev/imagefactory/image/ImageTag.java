package dev.imagefactory.image;

import java.util.regex.Pattern;

import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.InvalidValue;

/**
 * A tag together with how it may move (OCI distribution-spec, "tag").
 *
 * @param name 1 to 128 characters
 * @param tagClass how the tag may move
 */
public record ImageTag(String name, TagClass tagClass) {

	private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

	public ImageTag {
		if (!isTag(name)) {
			throw new InvalidValue("image tag", name,
					"expected 1 to 128 of letters, digits, '_', '.', '-', not starting with '.' or '-'");
		}
	}

	/**
	 * Whether a text is a tag in the sense of the OCI distribution specification.
	 * @param name the text
	 * @return true when a registry would take it
	 */
	public static boolean isTag(String name) {
		return FORM.matcher(name).matches();
	}

	/**
	 * A release's own tag.
	 * @param name the tag
	 * @return a tag that is written once
	 */
	public static ImageTag release(String name) {
		return new ImageTag(name, TagClass.RELEASE);
	}

	/**
	 * The tag of a later build of a published release.
	 * @param release the release's tag
	 * @param number counted per image and tag, from 1
	 * @return {@code <release>-rebuild.<number>}
	 */
	public static ImageTag rebuild(ImageTag release, int number) {
		return new ImageTag(release.name + "-rebuild." + number, TagClass.REBUILD);
	}

	/**
	 * The tag that names a commit.
	 * @param commit the commit
	 * @return {@code sha-<12 hex>}
	 */
	public static ImageTag sha(CommitSha commit) {
		return new ImageTag("sha-" + commit.sha12(), TagClass.PINNED);
	}

	/**
	 * The tag that names a commit of a built branch.
	 * @param commit the commit
	 * @return {@code dev-<12 hex>}
	 */
	public static ImageTag devSha(CommitSha commit) {
		return new ImageTag("dev-" + commit.sha12(), TagClass.PINNED);
	}

	/**
	 * The tag that follows the built branch.
	 * @return {@code dev}
	 */
	public static ImageTag dev() {
		return new ImageTag("dev", TagClass.FLOATING);
	}

	/**
	 * The tag that follows stable releases.
	 * @return {@code latest}
	 */
	public static ImageTag latest() {
		return new ImageTag("latest", TagClass.FLOATING);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
