package dev.imagefactory.build.jdbc;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.Tags.Known;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.CommitSha;
import org.jspecify.annotations.Nullable;

import static dev.imagefactory.database.TestDatabase.together;
import static org.assertj.core.api.Assertions.assertThat;

class JdbcTagsTests {

	private static final ImageName IMAGE = ImageName.of("payments/app");

	private static final ImageTag V1 = ImageTag.release("v1");

	private static final ImageTag DEV = ImageTag.dev();

	private static final ImageTag LATEST = ImageTag.latest();

	private final BuildId build = BuildId.next(SampleBuilds.NOW);

	private final BuildId rival = BuildId.next(SampleBuilds.NOW);

	private static JdbcTags tags(TestDatabase database) {
		return new JdbcTags(database.jdbc(), database.transactions());
	}

	private static Known known(ImageTag tag, @Nullable BuildId holder, @Nullable CommitSha commit,
			@Nullable Digest digest, int version) {
		return new Known(tag, holder, commit, null, digest, version);
	}

	@EachDatabase
	void takeWhenFreeHoldsAllTags(TestDatabase database) {
		JdbcTags tags = tags(database);
		assertThat(tags.take(IMAGE, List.of(V1, LATEST), this.build)).isTrue();
		assertThat(tags.list(IMAGE)).containsExactly(known(LATEST, this.build, null, null, 1),
				known(V1, this.build, null, null, 1));
		assertThat(tags.take(IMAGE, List.of(V1, LATEST), this.build)).as("again by the same").isTrue();
	}

	@EachDatabase
	void takeWhenOneIsHeldTakesNone(TestDatabase database) {
		JdbcTags tags = tags(database);
		tags.take(IMAGE, List.of(LATEST), this.rival);
		assertThat(tags.take(IMAGE, List.of(DEV, LATEST, V1), this.build)).isFalse();
		assertThat(tags.list(IMAGE)).containsExactly(known(LATEST, this.rival, null, null, 1));
		assertThat(tags.find(IMAGE, "dev")).isEmpty();
	}

	@EachDatabase
	void takeWhenImageDiffersIsAnotherTag(TestDatabase database) {
		JdbcTags tags = tags(database);
		assertThat(tags.take(IMAGE, List.of(V1), this.build)).isTrue();
		assertThat(tags.take(ImageName.of("payments/web"), List.of(V1), this.rival)).isTrue();
	}

	@EachDatabase
	void takeWhenBuildsRaceInAnyOrderGivesTheTagToExactlyOne(TestDatabase database) {
		JdbcTags tags = tags(database);
		for (int round = 0; round < 20; round++) {
			List<BuildId> rivals = IntStream.range(0, 20).mapToObj((number) -> BuildId.next(SampleBuilds.NOW)).toList();
			List<Boolean> taken = together(20, (number) -> tags.take(IMAGE,
					(number % 2 == 0) ? List.of(V1, DEV, LATEST) : List.of(LATEST, DEV, V1), rivals.get(number)));
			assertThat(taken).filteredOn(Boolean::booleanValue).hasSize(1);
			BuildId winner = rivals.get(taken.indexOf(true));
			assertThat(tags.list(IMAGE)).filteredOn((known) -> known.holder() != null)
				.hasSize(3)
				.allSatisfy((known) -> assertThat(known.holder()).isEqualTo(winner));
			tags.giveBack(winner);
		}
	}

	@EachDatabase
	void takeWhenCallerRollsBackHoldsNothing(TestDatabase database) {
		JdbcTags tags = tags(database);
		database.inTransaction().executeWithoutResult((status) -> {
			tags.take(IMAGE, List.of(V1), this.build);
			status.setRollbackOnly();
		});
		assertThat(tags.find(IMAGE, "v1")).isEmpty();
		assertThat(tags.take(IMAGE, List.of(V1), this.rival)).isTrue();
	}

	@EachDatabase
	void takeUnchangedWhenRowIsAsItWasSeenTakes(TestDatabase database) {
		JdbcTags tags = tags(database);
		assertThat(tags.takeUnchanged(IMAGE, List.of(V1, DEV), this.build, Map.of(DEV, 0))).isTrue();
		tags.published(this.build, List.of(V1, DEV), CommitSha.of("d4".repeat(20)), SampleBuilds.DIGEST);
		tags.giveBack(this.build);
		assertThat(tags.takeUnchanged(IMAGE, List.of(DEV), this.rival, Map.of(DEV, 2))).isTrue();
	}

	@EachDatabase
	void takeUnchangedWhenRowWasTakenMeanwhileTakesNone(TestDatabase database) {
		JdbcTags tags = tags(database);
		int seen = tags.find(IMAGE, "dev").map(Known::version).orElse(0);
		tags.take(IMAGE, List.of(DEV), this.rival);
		tags.giveBack(this.rival);
		assertThat(tags.takeUnchanged(IMAGE, List.of(V1, DEV), this.build, Map.of(DEV, seen))).isFalse();
		assertThat(tags.find(IMAGE, "v1")).isEmpty();
		assertThat(tags.take(IMAGE, List.of(V1, DEV), this.build)).as("whoever does not care").isTrue();
	}

	@EachDatabase
	void takeUnchangedWhenManySawTheSameRowGivesItToOne(TestDatabase database) {
		JdbcTags tags = tags(database);
		for (int round = 0; round < 10; round++) {
			int seen = tags.find(IMAGE, "dev").map(Known::version).orElse(0);
			List<Boolean> taken = together(8, (number) -> {
				BuildId rivalOf = BuildId.next(SampleBuilds.NOW);
				boolean done = tags.takeUnchanged(IMAGE, List.of(DEV), rivalOf, Map.of(DEV, seen));
				tags.giveBack(rivalOf);
				return done;
			});
			assertThat(taken).filteredOn(Boolean::booleanValue).hasSize(1);
		}
	}

	@EachDatabase
	void giveBackWhenRepeatedFreesOwnTagsOnly(TestDatabase database) {
		JdbcTags tags = tags(database);
		tags.take(IMAGE, List.of(V1, DEV), this.build);
		tags.take(IMAGE, List.of(LATEST), this.rival);
		tags.giveBack(this.build);
		tags.giveBack(this.build);
		assertThat(tags.list(IMAGE)).containsExactly(known(DEV, null, null, null, 1),
				known(LATEST, this.rival, null, null, 1), known(V1, null, null, null, 1));
		assertThat(tags.take(IMAGE, List.of(V1), this.rival)).isTrue();
	}

	@EachDatabase
	void publishedWhenHeldIsKnownAfterwardsToo(TestDatabase database) {
		JdbcTags tags = tags(database);
		CommitSha commit = CommitSha.of("d4".repeat(20));
		tags.take(IMAGE, List.of(V1, LATEST), this.build);
		tags.take(IMAGE, List.of(DEV), this.rival);
		tags.published(this.build, List.of(V1), commit, SampleBuilds.DIGEST);
		tags.giveBack(this.build);
		assertThat(tags.find(IMAGE, "v1")).contains(known(V1, null, commit, SampleBuilds.DIGEST, 2));
		assertThat(tags.find(IMAGE, "latest")).as("held, and not moved").contains(known(LATEST, null, null, null, 1));
		assertThat(tags.find(IMAGE, "dev")).contains(known(DEV, this.rival, null, null, 1));
	}

	@EachDatabase
	void nextRebuildWhenManyAskCountsEachOnce(TestDatabase database) {
		JdbcTags tags = tags(database);
		List<Integer> numbers = together(20, (number) -> tags.nextRebuild(IMAGE, V1));
		assertThat(numbers).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
		assertThat(tags.nextRebuild(IMAGE, ImageTag.release("v2"))).isEqualTo(1);
	}

	@EachDatabase
	void nextRebuildWhenCallerRollsBackDoesNotCount(TestDatabase database) {
		JdbcTags tags = tags(database);
		database.inTransaction().executeWithoutResult((status) -> {
			assertThat(tags.nextRebuild(IMAGE, V1)).isEqualTo(1);
			status.setRollbackOnly();
		});
		assertThat(tags.nextRebuild(IMAGE, V1)).isEqualTo(1);
	}

}
