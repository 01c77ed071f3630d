package dev.imagefactory.api;

import java.util.stream.Stream;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.planning.BuildRequests.BuildRequest;
import dev.imagefactory.planning.BuildRequests.Target;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryName;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of a request for a build; exactly one of ref, commit and release. */
@Schema(name = "BuildRequest", description = "Exactly one of ref, commit and release is needed")
record BuildBody(@Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "acme/app") @Nullable String repository,
		@Schema(description = "A full ref: what it points at now is built", example = "refs/heads/main",
				requiredMode = Schema.RequiredMode.NOT_REQUIRED) @Nullable String ref,
		@Schema(description = "40 hexadecimal digits; the image gets the tag sha-<12 digits> only",
				requiredMode = Schema.RequiredMode.NOT_REQUIRED) @Nullable String commit,
		@Schema(description = "The name of a release's git tag; published again, it gets a rebuild tag",
				requiredMode = Schema.RequiredMode.NOT_REQUIRED) @Nullable String release,
		@Schema(description = "Only this image of the repository",
				requiredMode = Schema.RequiredMode.NOT_REQUIRED) @Nullable String image,
		@Schema(description = "bulk lets everything else go first", allowableValues = "bulk",
				requiredMode = Schema.RequiredMode.NOT_REQUIRED) @Nullable String priority) {

	/** Checks every field. */
	BuildRequest toRequest(String actor, String requestId) {
		RepositoryName name = Body.field("repository", Body.needed("repository", this.repository), RepositoryName::of);
		ImageName only = (this.image != null) ? Body.field("image", this.image, ImageName::of) : null;
		if (this.priority != null && !this.priority.equals("bulk")) {
			throw Body.invalid("priority", "only 'bulk' is known");
		}
		return new BuildRequest(name, target(), only, this.priority != null, actor, requestId);
	}

	private Target target() {
		if (Stream.of(this.ref, this.commit, this.release).filter((each) -> each != null).count() != 1) {
			throw new ApiProblem(ProblemType.INVALID_BODY, "Exactly one of 'ref', 'commit' and 'release' is needed.");
		}
		if (this.ref != null) {
			return new Target.Ref(Body.field("ref", this.ref, GitRef::of));
		}
		if (this.commit != null) {
			return new Target.Commit(Body.field("commit", this.commit, CommitSha::of));
		}
		return new Target.Release(Body.field("release", Body.needed("release", this.release), BuildBody::tagName));
	}

	private static String tagName(String text) {
		if (text.startsWith("refs/")) {
			throw new InvalidValue("release", text, "expected the tag's own name, without refs/tags/");
		}
		try {
			return GitRef.tag(text).shortName();
		}
		catch (InvalidValue ex) {
			throw new InvalidValue("release", text, "expected the name of a tag as git-check-ref-format accepts it");
		}
	}

}
