package dev.imagefactory.github;

import java.util.Optional;
import java.util.regex.Pattern;

import dev.imagefactory.github.GitHubEvent.Repository;
import dev.imagefactory.github.PayloadFields.Found;
import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a webhook, read in two steps: first as JSON, then as the event that it
 * was sent as. Between them one can ask which repository it claims to be about, even when
 * its shape turns out to be wrong.
 */
public final class Payload {

	private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

	private static final String NO_COMMIT = "0".repeat(40);

	private static final int LONGEST_BRANCH = 255;

	private final PayloadFields fields;

	private Payload(PayloadFields fields) {
		this.fields = fields;
	}

	/**
	 * Reads a body as strict JSON: UTF-8 without byte order mark, no key twice in one
	 * object, nothing after the value, at most 100 levels.
	 * @param body the raw body
	 * @return the payload
	 * @throws MalformedJson when it is anything else
	 */
	public static Payload parse(byte[] body) {
		return new Payload(PayloadFields.read(body));
	}

	/**
	 * The identity of the repository that the payload claims to be about.
	 * @return empty when no usable {@code repository.id} is there
	 */
	public Optional<RepositoryId> claimedRepository() {
		Found id = this.fields.peek("repository.id");
		return (id != null) ? Optional.ofNullable(repositoryId(id)) : Optional.empty();
	}

	/**
	 * The name of the repository that the payload claims to be about.
	 * @return empty when no usable {@code repository.full_name} is there
	 */
	public Optional<RepositoryName> claimedName() {
		Found name = this.fields.peek("repository.full_name");
		try {
			return (name != null && name.value() != null) ? Optional.of(RepositoryName.of(name.value()))
					: Optional.empty();
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

	/**
	 * Reads the payload as an event.
	 * @param eventName the event's name, such as {@code release}
	 * @return the event
	 * @throws WrongShape when a field that the event needs is missing or of another kind
	 */
	public GitHubEvent as(String eventName) {
		this.fields.requireObject();
		return switch (eventName) {
			case "release" -> release();
			case "push" -> push();
			case "ping" -> new GitHubEvent.Ping(optionalRepository());
			default -> new GitHubEvent.Other(this.fields.optionalText("action"), optionalRepository());
		};
	}

	private GitHubEvent release() {
		String action = this.fields.text("action");
		requireThere("release");
		return new GitHubEvent.Release(action, this.fields.text("release.tag_name"), this.fields.flag("release.draft"),
				this.fields.flag("release.prerelease"), repository());
	}

	private GitHubEvent push() {
		String ref = this.fields.text("ref");
		String after = this.fields.text("after");
		if (!COMMIT.matcher(after).matches()) {
			throw new WrongShape("after", "another string", "40 lower-case hexadecimal digits");
		}
		boolean deleted = this.fields.optionalFlag("deleted") || after.equals(NO_COMMIT);
		String message = this.fields.hasObject("head_commit") ? this.fields.optionalText("head_commit.message") : null;
		return new GitHubEvent.Push(ref, after, deleted, message, repository());
	}

	private @Nullable Repository optionalRepository() {
		return this.fields.hasObject("repository") ? repository() : null;
	}

	private Repository repository() {
		requireThere("repository");
		Found id = this.fields.peek("repository.id");
		RepositoryId repositoryId = (id != null) ? repositoryId(id) : null;
		if (repositoryId == null) {
			throw new WrongShape("repository.id", this.fields.kind("repository.id"), "a whole number from 1");
		}
		return new Repository(repositoryId, repositoryName(), defaultBranch(),
				this.fields.optionalFlag("repository.archived"));
	}

	private RepositoryName repositoryName() {
		try {
			return RepositoryName.of(this.fields.text("repository.full_name"));
		}
		catch (InvalidValue ex) {
			throw new WrongShape("repository.full_name", "another string",
					"owner/name of letters, digits, '-', '_' and (in the name) '.'");
		}
	}

	private String defaultBranch() {
		String branch = this.fields.text("repository.default_branch");
		boolean printable = branch.codePoints().noneMatch((point) -> switch (Character.getType(point)) {
			case Character.CONTROL, Character.SURROGATE -> true;
			default -> false;
		});
		if (branch.length() > LONGEST_BRANCH || !printable) {
			throw new WrongShape("repository.default_branch", "another string",
					"1 to %d characters without control characters".formatted(LONGEST_BRANCH));
		}
		return branch;
	}

	private void requireThere(String object) {
		if (!this.fields.hasObject(object)) {
			throw new WrongShape(object, this.fields.kind(object), "an object");
		}
	}

	private static @Nullable RepositoryId repositoryId(Found found) {
		if (!found.kind().equals("a number") || found.value() == null) {
			return null;
		}
		try {
			return RepositoryId.github(Long.parseLong(found.value()));
		}
		catch (NumberFormatException | InvalidValue ex) {
			return null;
		}
	}

}
