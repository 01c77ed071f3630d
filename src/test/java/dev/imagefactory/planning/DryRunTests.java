package dev.imagefactory.planning;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.build.Build;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.intake.VerifiedDeliveries;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.planning.DryRun.Foreseen;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.spine.Spine;

import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Each dry run is followed by a real delivery of the same payload. */
class DryRunTests {

	private static final SignedDelivery MAIN = SignedDelivery.push("acme/app", 1, "refs/heads/main", C1.value());

	private static SignedDelivery release(String tag) {
		return SignedDelivery.release("acme/app", 1, tag);
	}

	private static SignedDelivery release(String tag, String action, boolean prerelease, boolean draft) {
		return SignedDelivery.release("acme/app", 1, tag, (payload) -> {
			payload.put("action", action);
			((ObjectNode) payload.get("release")).put("prerelease", prerelease).put("draft", draft);
		});
	}

	@EachDatabase
	void ofWhenNothingStandsAgainstItForeseesTheBuild(TestDatabase database) {
		compare(database, (spine) -> spine.git.refs.put(GitRef.tag("v1"), C1), release("v1"), DeliveryOutcome.BUILT,
				null);
		compare(database, (spine) -> {
		}, MAIN, DeliveryOutcome.BUILT, null);
	}

	@EachDatabase
	void ofWhenTheOrderExistsForeseesADuplicate(TestDatabase database) {
		compare(database, (spine) -> spine.release("v1", C1), release("v1"), DeliveryOutcome.DUPLICATE, null);
	}

	@EachDatabase
	void ofWhenARuleObjectsForeseesThatItIsIgnored(TestDatabase database) {
		Consumer<Spine> nothing = (spine) -> {
		};
		compare(database, nothing, SignedDelivery.push("acme/app", 1, "refs/heads/other", C1.value()),
				DeliveryOutcome.IGNORED, "branch-not-built");
		compare(database, nothing, release("v1", "published", false, true), DeliveryOutcome.IGNORED, "draft");
		compare(database, nothing, SignedDelivery.star("acme/app", 1), DeliveryOutcome.IGNORED, "not-a-trigger");
		compare(database, (spine) -> spine.gone.add("acme/app"), release("v1"), DeliveryOutcome.IGNORED,
				"repository-not-onboarded");
	}

	@EachDatabase
	void ofWhenItCannotBeBuiltForeseesTheFailure(TestDatabase database) {
		Consumer<Spine> nothing = (spine) -> {
		};
		compare(database, nothing, release("v1"), DeliveryOutcome.FAILED, "tag-not-found");
		compare(database, nothing, release("dev"), DeliveryOutcome.FAILED, "tag-reserved");
		compare(database, nothing, release("v{{x}}"), DeliveryOutcome.FAILED, "ref-unusable");
		compare(database, (spine) -> {
			spine.published(spine.release("v1", C1));
			spine.git.refs.put(GitRef.tag("v1"), C2);
		}, release("v1"), DeliveryOutcome.FAILED, "tag-moved");
	}

	@EachDatabase
	void ofWhenTheImageIsAnothersForeseesTheFailure(TestDatabase database) {
		compare(database, (spine) -> {
			spine.images.put("acme/web", APP);
			spine.push("acme/web", 2, C2);
		}, MAIN, DeliveryOutcome.FAILED, "image-owned");
		compare(database,
				(spine) -> spine.owners.claim("layout", APP,
						RepositoryId.provisional(Provider.GITHUB, RepositoryName.of("acme/other"))),
				MAIN, DeliveryOutcome.FAILED, "image-owned");
		compare(database,
				(spine) -> spine.owners.claim("layout", APP,
						RepositoryId.provisional(Provider.GITHUB, RepositoryName.of("acme/app"))),
				MAIN, DeliveryOutcome.BUILT, null);
	}

	@EachDatabase
	void ofWhenAPreReleaseIsPromotedForeseesTheReTag(TestDatabase database) {
		SignedDelivery promotion = release("v1.0.0", "released", false, false);
		Foreseen foreseen = compare(database, (spine) -> {
			spine.latest = true;
			spine.published(spine.preRelease("v1.0.0", C1));
		}, promotion, DeliveryOutcome.BUILT, null);
		assertThat(foreseen.builds().getFirst().order().recipe().kind()).isEqualTo(OrderKind.RETAG);
		compare(database, (spine) -> {
			spine.latest = true;
			spine.release("v1.0.0", C1);
		}, promotion, DeliveryOutcome.IGNORED, "nothing-to-promote");
		compare(database, (spine) -> {
			spine.latest = true;
			spine.preRelease("v1.0.0", C1);
		}, promotion, DeliveryOutcome.ACCEPTED, null);
	}

	@EachDatabase
	void ofWhenABranchIsResetToAPublishedCommitForeseesTheReTag(TestDatabase database) {
		Consumer<Spine> reset = (spine) -> {
			spine.published(spine.push("acme/app", 1, C1));
			spine.published(spine.push("acme/app", 1, C2));
			spine.git.refs.put(Spine.MAIN, C1);
		};
		Foreseen foreseen = compare(database, reset, MAIN, DeliveryOutcome.BUILT, null);
		Build retag = foreseen.builds().getFirst();
		assertThat(retag.order().recipe().kind()).isEqualTo(OrderKind.RETAG);
		assertThat(retag.tags()).containsExactly(ImageTag.dev());
		compare(database, reset.andThen((spine) -> spine.push("acme/app", 1, CommitSha.of("c3".repeat(20))))
			.andThen((spine) -> spine.git.refs.put(Spine.MAIN, C1)), MAIN, DeliveryOutcome.ACCEPTED, null);
	}

	@EachDatabase
	void ofWhenTheRepositoryDoesNotShowAResetForeseesThatItIsAskedOnceMore(TestDatabase database) {
		compare(database, (spine) -> {
			spine.published(spine.push("acme/app", 1, C1));
			spine.published(spine.push("acme/app", 1, C2));
		}, MAIN, DeliveryOutcome.ACCEPTED, null);
	}

	@EachDatabase
	void ofWhenTheRepositoryIsSilentSaysSo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.down = true;
			assertThatExceptionOfType(GitUnavailable.class).isThrownBy(() -> foresee(spine, release("v1")));
			assertThat(spine.count("delivery")).isZero();
		}
	}

	private static Foreseen compare(TestDatabase shared, Consumer<Spine> before, SignedDelivery event,
			DeliveryOutcome outcome, String reason) {
		try (Spine spine = new Spine(shared)) {
			before.accept(spine);
			Map<String, List<String>> rows = rows(shared);
			Foreseen foreseen = foresee(spine, event);
			assertThat(rows(shared)).as("all rows after the dry run").isEqualTo(rows);
			assertThat(foreseen.decided().outcome()).isEqualTo(outcome);
			assertThat(foreseen.decided().reason()).isEqualTo(reason);
			Delivery real = spine.plan(event);
			assertSame(foreseen, real);
			assertThat(facts(foreseen.builds())).isEqualTo(facts(real(spine, real)));
			return foreseen;
		}
		finally {
			clear(shared);
		}
	}

	private static Foreseen foresee(Spine spine, SignedDelivery event) {
		return TestPlanning.dryRun(spine.planned(), spine, spine.git, spine.clock)
			.of(VerifiedDeliveries.of(event).event());
	}

	/** What a delivery that waits was told is only in its log. */
	private static void assertSame(Foreseen foreseen, Delivery real) {
		assertThat(foreseen.decided().outcome()).isEqualTo(real.decision().outcome());
		assertThat(foreseen.decided().reason()).isEqualTo(real.decision().reason());
		assertThat(foreseen.decided().duplicateOf()).isEqualTo(real.decision().duplicateOf());
		if (real.decision().outcome() != DeliveryOutcome.ACCEPTED) {
			assertThat(foreseen.decided().detail()).isEqualTo(real.decision().detail());
			List<RuleVerdict> rules = real.decision().rules();
			assertThat(foreseen.decided().rules()).isEqualTo(rules);
		}
	}

	/** A duplicate's builds were made for another delivery. */
	private static List<Build> real(Spine spine, Delivery delivery) {
		return (delivery.decision().outcome() == DeliveryOutcome.BUILT) ? List.of(spine.buildOf(delivery.id()))
				: List.of();
	}

	private static List<Facts> facts(List<Build> builds) {
		return builds.stream()
			.map((build) -> new Facts(build.order().key(), build.tags(), build.attempt(), build.order().key().image()))
			.toList();
	}

	private static Map<String, List<String>> rows(TestDatabase database) {
		Map<String, List<String>> rows = new TreeMap<>();
		tables(database).forEach((table) -> rows.put(table,
				database.jdbc()
					.sql("SELECT * FROM " + table)
					.query()
					.listOfRows()
					.stream()
					.map(DryRunTests::text)
					.sorted()
					.toList()));
		return rows;
	}

	private static String text(Map<String, Object> row) {
		StringBuilder text = new StringBuilder();
		row.forEach((column, value) -> text.append(column)
			.append('=')
			.append((value instanceof byte[] bytes) ? Arrays.hashCode(bytes) : value)
			.append(';'));
		return text.toString();
	}

	private static Stream<String> tables(TestDatabase database) {
		return database.jdbc()
			.sql("SELECT table_name FROM information_schema.tables WHERE LOWER(table_schema) = 'public' "
					+ "AND table_type = 'BASE TABLE'")
			.query(String.class)
			.list()
			.stream()
			.filter((table) -> !table.startsWith("flyway") && !table.equals("queue_time"));
	}

	private static void clear(TestDatabase database) {
		tables(database).forEach((table) -> database.jdbc().sql("DELETE FROM " + table).update());
	}

	/** What a dry run and a delivery have in common. */
	private record Facts(OrderKey key, List<ImageTag> tags, int attempt, ImageName image) {
	}

}
