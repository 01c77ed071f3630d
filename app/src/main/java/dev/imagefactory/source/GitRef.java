package dev.imagefactory.source;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A full branch or tag ref that git accepts (git-check-ref-format). Git accepts much that
 * must not travel further, such as <code>v{{=1}}</code>: that is judged where a ref is
 * used, not here.
 *
 * @param value such as {@code refs/tags/v1.2.3}
 */
public record GitRef(@JsonValue String value) {

	private static final String BRANCH = "refs/heads/";

	private static final String TAG = "refs/tags/";

	private static final int LONGEST = 4096;

	/** What git-check-ref-format forbids anywhere in a ref. */
	private static final Pattern FORBIDDEN = Pattern
		.compile("[\\x00-\\x20\\x7f~^:?*\\[\\\\]|\\.\\.|@\\{|//|/\\.|\\.lock(/|\\z)|\\.\\z|/\\z");

	public GitRef {
		boolean known = value.startsWith(BRANCH) || value.startsWith(TAG);
		if (!known || value.length() > LONGEST || FORBIDDEN.matcher(value).find() || hasLoneSurrogate(value)) {
			throw new InvalidValue("git ref", value,
					"expected refs/heads/<branch> or refs/tags/<tag> as git-check-ref-format accepts it");
		}
	}

	/**
	 * Reads a full ref.
	 * @param value such as {@code refs/heads/main}
	 * @return the ref
	 * @throws InvalidValue when git would refuse it or it is neither branch nor tag
	 */
	@JsonCreator
	public static GitRef of(String value) {
		return new GitRef(value);
	}

	/**
	 * The ref of a tag.
	 * @param name the tag's name
	 * @return {@code refs/tags/<name>}
	 */
	public static GitRef tag(String name) {
		return new GitRef(TAG + name);
	}

	/**
	 * The ref of a branch.
	 * @param name the branch's name
	 * @return {@code refs/heads/<name>}
	 */
	public static GitRef branch(String name) {
		return new GitRef(BRANCH + name);
	}

	/**
	 * Whether this is a tag.
	 * @return false for a branch
	 */
	public boolean isTag() {
		return this.value.startsWith(TAG);
	}

	/**
	 * The branch's or tag's own name.
	 * @return the ref without its {@code refs/heads/} or {@code refs/tags/}
	 */
	public String shortName() {
		return this.value.substring(isTag() ? TAG.length() : BRANCH.length());
	}

	private static boolean hasLoneSurrogate(String value) {
		return value.codePoints()
			.anyMatch((point) -> point <= Character.MAX_VALUE && Character.isSurrogate((char) point));
	}

	@Override
	public String toString() {
		return this.value;
	}

}
