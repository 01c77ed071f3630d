package dev.imagefactory.submission;

import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.spine.Spine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A tag that names its commit: only a later build of the same commit moves it, and the
 * image that it pointed at stays where it was.
 */
class PinnedTagsTests {

	private static final String PINNED = "sha-c1c1c1c1c1c1";

	@EachDatabase
	void workWhenAnotherBuildOfTheCommitHasThePinnedTagWaitsForItsEndAndMovesItThen(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId earlier = spine.release("v1", Spine.C1);
			spine.submitter.work();
			BuildId later = spine.release("v2", Spine.C1);
			spine.beats(2);
			assertThat(spine.state(later)).as("two runs would write the tag in any order").isEqualTo(StateName.QUEUED);
			assertThat(spine.engine.sent).containsOnlyKeys(earlier);
			Digest first = spine.finish(earlier);
			spine.beats(2);
			assertThat(spine.registry.digest(Spine.APP, PINNED)).contains(first);
			Digest second = spine.finish(later);
			spine.beats(2);
			assertThat(spine.state(later)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.registry.digest(Spine.APP, PINNED)).contains(second);
			assertThat(spine.tags.find(Spine.APP, PINNED).orElseThrow().digest()).isEqualTo(second);
			assertThat(spine.registry.digest(Spine.APP, "v1")).as("the earlier image stays").contains(first);
		}
	}

	@EachDatabase
	void workWhenAnotherCommitIsBuiltLeavesThePinnedTagWhereItIs(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = spine.published(spine.release("v1", Spine.C1));
			Digest other = spine.published(spine.release("v2", Spine.C2));
			assertThat(spine.registry.digest(Spine.APP, PINNED)).contains(first);
			assertThat(spine.registry.digest(Spine.APP, "sha-c2c2c2c2c2c2")).contains(other);
		}
	}

}
