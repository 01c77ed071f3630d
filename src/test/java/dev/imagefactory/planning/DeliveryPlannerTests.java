package dev.imagefactory.planning;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.OrderBusy;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.spine.Spine;

import static dev.imagefactory.database.TestDatabase.together;
import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static org.assertj.core.api.Assertions.assertThat;

class DeliveryPlannerTests {

	private static SignedDelivery release(String tag) {
		return SignedDelivery.release("acme/app", 1, tag);
	}

	private static void assertFailed(Delivery delivery, String reason) {
		assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.FAILED);
		assertThat(delivery.decision().reason()).isEqualTo(reason);
		assertThat(delivery.decision().detail()).endsWith(".");
		assertThat(delivery.decision().rules().getLast().rule()).isEqualTo(reason);
	}

	private static void assertNothingOrdered(Spine spine) {
		assertThat(spine.count("build_order")).isZero();
		assertThat(spine.count("build")).isZero();
		assertThat(spine.count("delivery_order")).isZero();
	}

	@EachDatabase
	void workWhenReleaseIsPublishedOrdersOneBuildWithItsTags(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(GitRef.tag("v1"), C1);
			Delivery delivery = spine.plan(release("v1"));
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.BUILT);
			assertThat(delivery.planning().due()).isNull();
			Build build = spine.buildOf(delivery.id());
			assertThat(build.tags()).containsExactly(ImageTag.release("v1"), ImageTag.sha(C1));
			assertThat(build.order().key().commit()).isEqualTo(C1);
			assertThat(build.order().delivery()).isEqualTo(delivery.id());
			assertThat(spine.count("build")).isOne();
		}
	}

	@EachDatabase
	void workWhenMainIsPushedTagsTheCommitAndDev(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId build = spine.push("acme/app", 1, C1);
			assertThat(spine.build(build).tags()).containsExactly(ImageTag.devSha(C1), ImageTag.dev());
			assertThat(spine.git.asked).hasValue(0);
		}
	}

	@EachDatabase
	void workWhenDeliveredUnderAnotherGuidIsADuplicate(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(GitRef.tag("v1"), C1);
			Delivery first = spine.plan(release("v1"));
			Delivery second = spine.plan(release("v1"));
			assertThat(second.decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(second.decision().duplicateOf()).isEqualTo(first.id());
			assertThat(spine.buildOf(second.id())).isEqualTo(spine.buildOf(first.id()));
			assertThat(spine.count("build")).isOne();
		}
	}

	@EachDatabase
	void workWhenABranchIsResetToASupersededCommitBuildsItAfterAll(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId old = spine.push("acme/app", 1, C1);
			BuildId newer = spine.push("acme/app", 1, C2);
			spine.beat();
			assertThat(spine.state(old)).isEqualTo(StateName.SUPERSEDED);
			spine.published(newer);
			spine.git.refs.put(GitRef.branch("main"), C1);
			Delivery reset = spine.plan(push(C1));
			assertThat(reset.decision().outcome()).isEqualTo(DeliveryOutcome.BUILT);
			assertThat(reset.decision().rules().getLast().detail()).contains("superseded", "head of the branch");
			Build again = spine.buildOf(reset.id());
			assertThat(again.attempt()).isEqualTo(2);
			assertThat(spine.plan(push(C1)).decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			spine.published(again.id());
			assertThat(spine.tags.find(APP, "dev").orElseThrow().commit()).isEqualTo(C1);
			assertThat(spine.plan(push(C1)).decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(spine.count("build")).isEqualTo(3);
		}
	}

	@EachDatabase
	void workWhenASupersededPushIsRepeatedAndAnotherIsTheHeadBuildsNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.push("acme/app", 1, C1);
			spine.push("acme/app", 1, C2);
			spine.beat();
			Delivery repeat = spine.plan(push(C1));
			for (int i = 0; i < 2; i++) {
				assertThat(decision(spine, repeat).outcome()).as("the server may lag")
					.isEqualTo(DeliveryOutcome.ACCEPTED);
				spine.clock.pass(Duration.ofSeconds(30));
				spine.planner.work();
			}
			assertThat(decision(spine, repeat).outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			spine.git.down = true;
			DeliveryId waiting = spine.plan(push(C1)).id();
			assertThat(spine.deliveries.find(waiting).orElseThrow().decision().outcome())
				.isEqualTo(DeliveryOutcome.ACCEPTED);
			assertThat(spine.count("build")).isEqualTo(2);
		}
	}

	@EachDatabase
	void workWhenTheServerShowsAResetOnlyLaterBuildsItThen(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId old = spine.push("acme/app", 1, C1);
			spine.push("acme/app", 1, C2);
			spine.beat();
			assertThat(spine.state(old)).isEqualTo(StateName.SUPERSEDED);
			Delivery reset = spine.plan(push(C1));
			assertThat(reset.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
			assertThat(reset.decision().detail()).contains("is not the head of refs/heads/main");
			spine.git.refs.put(GitRef.branch("main"), C1);
			spine.clock.pass(Duration.ofSeconds(30));
			spine.planner.work();
			assertThat(decision(spine, reset).outcome()).isEqualTo(DeliveryOutcome.BUILT);
			assertThat(spine.buildOf(reset.id()).attempt()).isEqualTo(2);
		}
	}

	@EachDatabase
	void workWhenTheBuildIsSupersededWhileItsResetIsPlannedPlansAnew(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId old = spine.push("acme/app", 1, C1);
			spine.clock.pass(Duration.ofSeconds(1));
			spine.push("acme/app", 1, C2);
			Runnable meanwhile = () -> {
				spine.submitter.work();
				spine.git.refs.put(GitRef.branch("main"), C1);
			};
			DeliveryId reset = spine.receive(push(C1));
			TestPlanning.Store store = spine.planned();
			TestPlanning
				.planner(
						new TestPlanning.Store(store.deliveries(), store.orders(), afterFirstLook(spine, meanwhile),
								store.tags(), store.owners(), store.known(), store.transactions()),
						spine, spine.git, Runnable::run, spine.clock)
				.work();
			assertThat(spine.state(old)).isEqualTo(StateName.SUPERSEDED);
			spine.clock.pass(Duration.ofSeconds(1));
			spine.planner.work();
			assertThat(spine.deliveries.find(reset).orElseThrow().decision().outcome())
				.isEqualTo(DeliveryOutcome.BUILT);
			assertThat(spine.buildOf(reset).attempt()).isEqualTo(2);
		}
	}

	@EachDatabase
	void workWhenAnotherReplicaMakesTheSameAttemptWaitsForIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.push("acme/app", 1, C1);
			spine.push("acme/app", 1, C2);
			spine.beat();
			spine.git.refs.put(GitRef.branch("main"), C1);
			DeliveryId reset = spine.receive(push(C1));
			TestPlanning.Store stored = spine.planned();
			TestPlanning
				.planner(
						new TestPlanning.Store(stored.deliveries(), stored.orders(), busy(spine), stored.tags(),
								stored.owners(), stored.known(), stored.transactions()),
						spine, spine.git, Runnable::run, spine.clock)
				.work();
			Delivery waiting = spine.deliveries.find(reset).orElseThrow();
			assertThat(waiting.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
			assertThat(waiting.decision().detail()).contains("has an open build already");
		}
	}

	/** The stored builds, of which somebody else always makes the next. */
	private static Builds busy(Spine spine) {
		return (Builds) Proxy.newProxyInstance(Builds.class.getClassLoader(), new Class<?>[] { Builds.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("add")) {
						throw new OrderBusy(((Build) arguments[0]).order().id());
					}
					return method.invoke(spine.builds, arguments);
				});
	}

	/** The stored builds, which change right after the first look at an order's. */
	private static Builds afterFirstLook(Spine spine, Runnable meanwhile) {
		AtomicBoolean looked = new AtomicBoolean();
		return (Builds) Proxy.newProxyInstance(Builds.class.getClassLoader(), new Class<?>[] { Builds.class },
				(proxy, method, arguments) -> {
					Object answer = method.invoke(spine.builds, arguments);
					if (method.getName().equals("ofOrder") && looked.compareAndSet(false, true)) {
						meanwhile.run();
					}
					return answer;
				});
	}

	private static Delivery.Decided decision(Spine spine, Delivery delivery) {
		return spine.deliveries.find(delivery.id()).orElseThrow().decision();
	}

	@EachDatabase
	void workWhenEightPlanAResetMakesOneBuild(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.push("acme/app", 1, C1);
			spine.push("acme/app", 1, C2);
			spine.beat();
			spine.git.refs.put(GitRef.branch("main"), C1);
			for (int i = 0; i < 8; i++) {
				spine.receive(push(C1));
			}
			together(8, (number) -> {
				TestPlanning.planner(spine.planned(), spine, spine.git, Runnable::run, spine.clock).work();
				return number;
			});
			assertThat(spine.count("build")).isEqualTo(3);
		}
	}

	private static SignedDelivery push(CommitSha commit) {
		return SignedDelivery.push("acme/app", 1, "refs/heads/main", commit.value());
	}

	@EachDatabase
	void workWhenEightPlanTheSameMakesOneOrder(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			for (int round = 1; round <= 5; round++) {
				String tag = "v" + round;
				spine.git.refs.put(GitRef.tag(tag), C1);
				DeliveryId same = spine.receive(release(tag));
				List<DeliveryId> others = List.of(spine.receive(release(tag)), spine.receive(release(tag)));
				together(8, (number) -> {
					TestPlanning.planner(spine.planned(), spine, spine.git, Runnable::run, spine.clock).work();
					return number;
				});
				assertThat(spine.count("build_order")).isEqualTo(round);
				assertThat(spine.count("build")).isEqualTo(round);
				assertThat(List.of(same, others.get(0), others.get(1)))
					.extracting((id) -> spine.deliveries.find(id).orElseThrow().decision().outcome())
					.containsExactlyInAnyOrder(DeliveryOutcome.BUILT, DeliveryOutcome.DUPLICATE,
							DeliveryOutcome.DUPLICATE);
			}
		}
	}

	@EachDatabase
	void workWhenThreeReplicasPlanAsksTheRepositoryOncePerDelivery(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			List<DeliveryId> received = new ArrayList<>();
			for (int i = 0; i < 60; i++) {
				spine.git.refs.put(GitRef.tag("v" + i), C1);
				received.add(spine.receive(release("v" + i)));
			}
			together(3, (number) -> {
				String name = "replica-" + number;
				database.jdbc()
					.sql("INSERT INTO replica VALUES (?, 'host', 1, 'oci', CURRENT_TIMESTAMP, "
							+ "CURRENT_TIMESTAMP + INTERVAL '1' SECOND * 600)")
					.param(name)
					.update();
				DeliveryPlanner planner = TestPlanning.planner(name, spine.planned(), spine, spine.git, Runnable::run,
						spine.clock);
				for (int i = 0; i < 30; i++) {
					planner.work();
				}
				return name;
			});
			assertThat(spine.git.asked).as("questions to the repository").hasValue(received.size());
			assertThat(spine.count("build")).isEqualTo(received.size());
		}
	}

	@EachDatabase
	void workWhenTagIsMissingFailsAndReplayBuilds(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Delivery delivery = spine.plan(release("v1"));
			assertFailed(delivery, "tag-not-found");
			assertNothingOrdered(spine);
			spine.git.refs.put(GitRef.tag("v1"), C1);
			assertThat(spine.deliveries.replay(delivery, spine.clock.instant())).isTrue();
			spine.planner.work();
			assertThat(spine.deliveries.find(delivery.id()).orElseThrow().decision().outcome())
				.isEqualTo(DeliveryOutcome.BUILT);
			assertThat(spine.count("build")).isOne();
		}
	}

	@EachDatabase
	void workWhenReplayedAfterItWasBuiltLinksAndBuildsNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(GitRef.tag("v1"), C1);
			Delivery delivery = spine.plan(release("v1"));
			spine.deliveries.replay(delivery, spine.clock.instant());
			spine.planner.work();
			assertThat(spine.deliveries.find(delivery.id()).orElseThrow().decision().outcome())
				.isEqualTo(DeliveryOutcome.BUILT);
			assertThat(spine.count("build")).isOne();
		}
	}

	@EachDatabase
	void workWhenTagCannotBeUsedFailsBeforeAnybodyIsAsked(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			assertFailed(spine.plan(release("latest")), "tag-reserved");
			assertFailed(spine.plan(release("v1-rebuild.2")), "tag-reserved");
			assertFailed(spine.plan(release("v{{x}}")), "ref-unusable");
			assertThat(spine.git.asked).hasValue(0);
			assertNothingOrdered(spine);
		}
	}

	@EachDatabase
	void workWhenImageBelongsToAnotherRepositoryFails(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.images.put("acme/web", APP);
			spine.push("acme/app", 1, C1);
			Delivery delivery = spine.plan(SignedDelivery.push("acme/web", 2, "refs/heads/main", C1.value()));
			assertFailed(delivery, "image-owned");
			assertThat(delivery.decision().detail()).contains("payments/app", "github:1", "acme/web");
			assertThat(spine.count("build_order")).isOne();
		}
	}

	@EachDatabase
	void workWhenOwnerWasProvisionalHandsTheImageOver(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			RepositoryId provisional = RepositoryId.provisional(Provider.GITHUB, RepositoryName.of("acme/app"));
			ImageName second = ImageName.of("payments/second");
			spine.owners.claim("layout", APP, provisional);
			spine.owners.claim("layout", second, provisional);
			spine.push("acme/app", 1, C1);
			assertThat(spine.owners.claim("layout", APP, RepositoryId.github(9))).isEqualTo(RepositoryId.github(1));
			assertThat(spine.owners.claim("layout", second, RepositoryId.github(9))).isEqualTo(RepositoryId.github(1));
		}
	}

	@EachDatabase
	void workWhenProvisionalOwnerIsSomebodyElseFails(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.owners.claim("layout", APP,
					RepositoryId.provisional(Provider.GITHUB, RepositoryName.of("acme/other")));
			assertFailed(spine.plan(SignedDelivery.push("acme/app", 1, "refs/heads/main", C1.value())), "image-owned");
		}
	}

	@EachDatabase
	void workWhenPublishedTagMovedFails(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.published(spine.release("v1", C1));
			spine.git.refs.put(GitRef.tag("v1"), C2);
			assertFailed(spine.plan(release("v1")), "tag-moved");
			assertThat(spine.count("build_order")).isOne();
		}
	}

	@EachDatabase
	void workWhenTagThatIsBeingBuiltMovedFails(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId build = spine.release("v1", C1);
			spine.submitter.work();
			assertThat(spine.state(build)).isEqualTo(StateName.SUBMITTING);
			spine.git.refs.put(GitRef.tag("v1"), C2);
			assertFailed(spine.plan(release("v1")), "tag-moved");
		}
	}

	@EachDatabase
	void workWhenTagThatWasNeverPublishedMovedBuilds(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId build = spine.release("v1", C1);
			spine.beat();
			spine.end(build, new RunPhase.Ended(new RunResult.Failed("no-dockerfile", "There is none."), null));
			spine.beat();
			assertThat(spine.state(build)).isEqualTo(StateName.FAILED);
			BuildId second = spine.release("v1", C2);
			spine.published(second);
			assertThat(spine.state(second)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void workWhenRepositoryIsSilentWaitsLongerEachTimeAndGivesUpAfterADay(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.down = true;
			DeliveryId id = spine.plan(release("v1")).id();
			Delivery delivery = spine.deliveries.find(id).orElseThrow();
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
			assertThat(delivery.decision().detail()).contains("did not answer");
			int asked = spine.git.asked.get();
			spine.planner.work();
			assertThat(spine.git.asked).as("not before it is due").hasValue(asked);
			for (int i = 0; i < 12; i++) {
				spine.clock.pass(Duration.ofMinutes(5));
				spine.planner.work();
			}
			assertThat(spine.git.asked).hasValue(asked + 12);
			assertThat(spine.deliveries.find(id).orElseThrow().planning().attempts()).isEqualTo(13);
			spine.clock.pass(Duration.ofHours(24));
			spine.planner.work();
			assertFailed(spine.deliveries.find(id).orElseThrow(), "repository-unreachable");
			assertNothingOrdered(spine);
		}
	}

	@EachDatabase
	void workWhenRepositoryAnswersLaterBuilds(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(GitRef.tag("v1"), C1);
			spine.git.down = true;
			DeliveryId id = spine.plan(release("v1")).id();
			spine.git.down = false;
			spine.restart();
			spine.clock.pass(Duration.ofSeconds(1));
			spine.planner.work();
			assertThat(spine.deliveries.find(id).orElseThrow().decision().outcome()).isEqualTo(DeliveryOutcome.BUILT);
			assertThat(spine.deliveries.find(id).orElseThrow().decision().detail()).isNull();
		}
	}

	@EachDatabase
	void workWhenSettingsChangedSinceReceiptIgnores(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			DeliveryId id = spine.receive(release("v1"));
			spine.gone.add("acme/app");
			spine.planner.work();
			Delivery delivery = spine.deliveries.find(id).orElseThrow();
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.IGNORED);
			assertThat(delivery.decision().reason()).isEqualTo("repository-not-onboarded");
		}
	}

	@EachDatabase
	void workWhenTheLastStepFailsStoresNothingAndTriesAgain(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(GitRef.tag("v1"), C1);
			DeliveryId id = spine.receive(release("v1"));
			database.jdbc().sql("ALTER TABLE build_event RENAME TO build_event_away").update();
			spine.planner.work();
			assertNothingOrdered(spine);
			assertThat(spine.count("image_owner")).isZero();
			Delivery waiting = spine.deliveries.find(id).orElseThrow();
			assertThat(waiting.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
			database.jdbc().sql("ALTER TABLE build_event_away RENAME TO build_event").update();
			spine.clock.pass(Duration.ofSeconds(1));
			spine.planner.work();
			assertThat(spine.buildOf(id).state().name()).isEqualTo(StateName.QUEUED);
		}
	}

	@EachDatabase
	void workWhenPlanningBreaksSaysSoTriesAgainLaterAndGoesOnWithOthers(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(GitRef.tag("v1"), C1);
			List<DeliveryId> broken = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				broken.add(spine.receive(release("v1")));
			}
			spine.git.meanwhile = () -> {
				throw new NoClassDefFoundError("org/eclipse/jgit/Missing");
			};
			spine.planner.work();
			assertThat(broken).extracting((id) -> spine.deliveries.find(id).orElseThrow())
				.allSatisfy((delivery) -> assertThat(delivery.planning().attempts()).isOne())
				.allSatisfy((delivery) -> assertThat(delivery.decision().detail()).contains("inside Image Factory"));
			spine.git.meanwhile = () -> {
			};
			spine.clock.pass(Duration.ofSeconds(1));
			spine.planner.work();
			assertThat(broken).extracting((id) -> spine.deliveries.find(id).orElseThrow().decision().outcome())
				.containsOnlyOnce(DeliveryOutcome.BUILT)
				.containsOnly(DeliveryOutcome.BUILT, DeliveryOutcome.DUPLICATE);
		}
	}

	@EachDatabase
	void workWhenDeliveryWasDecidedMeanwhileUndoesItsOrder(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(GitRef.tag("v1"), C1);
			DeliveryId id = spine.receive(release("v1"));
			spine.git.meanwhile = () -> {
				Delivery now = spine.deliveries.find(id).orElseThrow();
				spine.deliveries.decide(now,
						new Delivery.Decided(DeliveryOutcome.FAILED, "tag-not-found", "Elsewhere.", List.of(), null));
			};
			spine.planner.work();
			assertNothingOrdered(spine);
			assertThat(spine.deliveries.find(id).orElseThrow().decision().detail()).isEqualTo("Elsewhere.");
		}
	}

}
