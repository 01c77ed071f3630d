package dev.imagefactory.build.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.imagefactory.build.Attempted;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildEnded;
import dev.imagefactory.build.BuildQueued;
import dev.imagefactory.build.CancelWanted;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds.QueuePlace;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.OrderBusy;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Transition;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.RepositoryName;

import static dev.imagefactory.build.SampleBuilds.DIGEST;
import static dev.imagefactory.build.SampleBuilds.NOW;
import static dev.imagefactory.database.TestDatabase.together;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class JdbcBuildsTests {

	private final List<Object> published = new ArrayList<>();

	private JdbcBuilds builds(TestDatabase database) {
		return new JdbcBuilds(database.jdbc(), database.transactions(), tags(database), this.published::add,
				TestStore.nowhere());
	}

	private static JdbcTags tags(TestDatabase database) {
		return new JdbcTags(database.jdbc(), database.transactions());
	}

	/** Stores the order too, without which a build cannot be read. */
	private Build add(TestDatabase database, Build build) {
		new JdbcOrders(database.jdbc(), database.transactions()).addIfAbsent(build.order());
		builds(database).add(build);
		return build;
	}

	private Build apply(TestDatabase database, BuildId id, BuildEvent event) {
		JdbcBuilds builds = builds(database);
		builds.store(BuildMachine.apply(builds.find(id).orElseThrow(), event, NOW).orElseThrow());
		return builds.find(id).orElseThrow();
	}

	private static Build versioned(Build build, int version) {
		return new Build(build.id(), build.order(), build.attempt(), build.byPush(), build.state(), build.tags(),
				build.image(), build.steps(), build.cancel(), build.engine(), build.times(), version);
	}

	@EachDatabase
	void addWhenNewComesBackAsItWasWithFirstLineOfHistory(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		assertThat(builds(database).find(build.id())).contains(build);
		assertThat(builds(database).history(build.id()))
			.containsExactly(new HistoryEntry(NOW, StateName.QUEUED, StateName.QUEUED, null, null, "image-factory"));
		assertThat(builds(database).find(BuildId.next(NOW))).isEmpty();
		assertThat(builds(database).run(build.id())).isEmpty();
	}

	@EachDatabase
	void addWhenOrderHasOpenBuildIsRefused(TestDatabase database) {
		Build first = add(database, SampleBuilds.queued());
		Build second = Build.queued(BuildId.next(NOW), first.order(), 2, NOW);
		assertThatExceptionOfType(OrderBusy.class).isThrownBy(() -> builds(database).add(second))
			.withMessageContaining(first.order().id().value());
		assertThat(builds(database).history(second.id())).isEmpty();
		apply(database, first.id(), new BuildEvent.CancelAsked("ada"));
		builds(database).add(second);
		assertThat(builds(database).ofOrder(first.order().id())).extracting(Build::attempt).containsExactly(1, 2);
	}

	@EachDatabase
	void addWhenReruns20TimesAtOnceOpensOneBuild(TestDatabase database) {
		Build first = add(database, SampleBuilds.queued());
		apply(database, first.id(), new BuildEvent.CancelAsked("ada"));
		List<Boolean> added = together(20, (number) -> {
			try {
				builds(database).add(Build.queued(BuildId.next(NOW), first.order(), 2 + number % 4, NOW));
				return true;
			}
			catch (OrderBusy ex) {
				return false;
			}
		});
		assertThat(added).filteredOn(Boolean::booleanValue).hasSize(1);
		assertThat(builds(database).ofOrder(first.order().id())).hasSize(2);
	}

	@EachDatabase
	void addWhenRefusedInsideATransactionLeavesTheTransactionUsable(TestDatabase database) {
		Build first = add(database, SampleBuilds.queued());
		Build second = Build.queued(BuildId.next(NOW), first.order(), 2, NOW);
		database.inTransaction().executeWithoutResult((status) -> {
			assertThatExceptionOfType(OrderBusy.class).isThrownBy(() -> builds(database).add(second));
			assertThat(builds(database).find(first.id())).contains(first);
			status.setRollbackOnly();
		});
	}

	@EachDatabase
	void storeWhenLivedThroughEveryChangeComesBackAsItWas(TestDatabase database) {
		Build expected = add(database, SampleBuilds.queued());
		List<HistoryEntry> history = new ArrayList<>(builds(database).history(expected.id()));
		for (BuildEvent event : life(expected)) {
			Transition change = BuildMachine.apply(expected, event, NOW.plusSeconds(expected.version() + 1))
				.orElseThrow();
			builds(database).store(change);
			history.add(change.entry());
			expected = versioned(change.build(), expected.version() + 1);
			assertThat(builds(database).find(expected.id())).contains(expected);
		}
		assertThat(expected.state()).isEqualTo(new BuildState.Succeeded(DIGEST));
		assertThat(builds(database).history(expected.id())).isEqualTo(history);
		assertThat(database.jdbc()
			.sql("SELECT seq FROM build_event WHERE build_id = :id ORDER BY seq")
			.param("id", expected.id().value())
			.query(Integer.class)
			.list()).isEqualTo(IntStream.rangeClosed(1, history.size()).boxed().toList());
	}

	private static List<BuildEvent> life(Build build) {
		return List.of(SampleBuilds.claimed(build), new BuildEvent.RunWaits("no-room", "No node has room."),
				new BuildEvent.RunWorks(Step.BUILD), new BuildEvent.RunEnded(SampleBuilds.succeeded(), DIGEST),
				new BuildEvent.RegistrySilent("timeout"), new BuildEvent.CancelAsked("ada"),
				new BuildEvent.DigestMissing(), new BuildEvent.DigestConfirmed(DIGEST, null));
	}

	@EachDatabase
	void storeWhenInAnyStateComesBackAsItWas(TestDatabase database) {
		for (StateName state : StateName.values()) {
			Build build = SampleBuilds.in(state, SampleBuilds.queued(SampleBuilds.release(state.name())));
			add(database, build);
			builds(database).store(new Transition(build, HistoryEntry.queued(build)));
			assertThat(builds(database).find(build.id())).contains(versioned(build, 1));
		}
	}

	@EachDatabase
	void storeWhenSomebodyElseChangedItIsRefusedAndLeavesNothing(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		Transition stale = BuildMachine.apply(build, new BuildEvent.CancelAsked("ada"), NOW).orElseThrow();
		apply(database, build.id(), SampleBuilds.claimed(build));
		assertThatExceptionOfType(BuildChanged.class).isThrownBy(() -> builds(database).store(stale))
			.withMessageContaining(build.id().value());
		assertThat(builds(database).find(build.id()).orElseThrow().state()).isEqualTo(new BuildState.Submitting());
		assertThat(builds(database).history(build.id())).hasSize(2);
	}

	@EachDatabase
	void storeWhenManyChangeTheSameVersionLetsOneThrough(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		Transition change = BuildMachine.apply(build, SampleBuilds.claimed(build), NOW).orElseThrow();
		List<Boolean> stored = together(20, (number) -> {
			try {
				builds(database).store(change);
				return true;
			}
			catch (BuildChanged ex) {
				return false;
			}
		});
		assertThat(stored).filteredOn(Boolean::booleanValue).hasSize(1);
		assertThat(builds(database).history(build.id())).hasSize(2);
	}

	@EachDatabase
	void storeClaimWhenManyClaimStoresOneRunOnce(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		Transition claim = BuildMachine.apply(build, SampleBuilds.claimed(build), NOW).orElseThrow();
		Run run = SampleBuilds.run(build);
		List<Optional<Integer>> claims = together(8, (number) -> {
			Run mine = new Run(run.build(), 100 + number, run.order(), run.tags(), run.cloneUrl(), run.sourceUrl(),
					run.buildUrl(), run.limits());
			try {
				builds(database).storeClaim(claim, mine);
				return Optional.of(mine.attempt());
			}
			catch (BuildChanged ex) {
				return Optional.empty();
			}
		});
		List<Integer> winners = claims.stream().flatMap(Optional::stream).toList();
		assertThat(winners).hasSize(1);
		assertThat(builds(database).run(build.id()).orElseThrow().attempt()).isEqualTo(winners.getFirst());
	}

	@EachDatabase
	void storeClaimWhenStoredKeepsTheRunThroughLaterChanges(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		Run run = SampleBuilds.run(build);
		builds(database).storeClaim(BuildMachine.apply(build, SampleBuilds.claimed(build), NOW).orElseThrow(), run);
		Build claimed = builds(database).find(build.id()).orElseThrow();
		assertThatExceptionOfType(BuildChanged.class)
			.isThrownBy(() -> builds(database).storeClaim(new Transition(claimed, HistoryEntry.queued(claimed)),
					SampleBuilds.run(SampleBuilds.queued())));
		apply(database, build.id(), new BuildEvent.RunWorks(Step.CLONE));
		assertThat(builds(database).run(build.id())).contains(run);
		assertThat(builds(database).history(build.id())).hasSize(3);
	}

	@EachDatabase
	void storeWhenEndStateGivesTagsBackInTheSameTransaction(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		ImageName image = build.order().key().image();
		tags(database).take(image, build.tags(), build.id());
		apply(database, build.id(), SampleBuilds.claimed(build));
		assertThat(tags(database).list(image)).allSatisfy((known) -> assertThat(known.holder()).isEqualTo(build.id()));
		database.inTransaction().executeWithoutResult((status) -> {
			apply(database, build.id(), new BuildEvent.RunEnded(new RunResult.TimedOut("An hour."), null));
			assertThat(tags(database).list(image)).allSatisfy((known) -> assertThat(known.holder()).isNull());
			status.setRollbackOnly();
		});
		assertThat(tags(database).list(image)).hasSize(1)
			.allSatisfy((known) -> assertThat(known.holder()).isEqualTo(build.id()));
		apply(database, build.id(), new BuildEvent.RunEnded(new RunResult.TimedOut("An hour."), null));
		assertThat(tags(database).list(image)).allSatisfy((known) -> assertThat(known.holder()).isNull());
	}

	@EachDatabase
	void addWhenCallerRollsBackLeavesNothingAndTellsNobody(TestDatabase database) {
		Build build = SampleBuilds.queued();
		database.inTransaction().executeWithoutResult((status) -> {
			add(database, build);
			assertThat(this.published).as("not before the commit").isEmpty();
			status.setRollbackOnly();
		});
		assertThat(this.published).isEmpty();
		for (String table : List.of("build", "build_order", "build_step", "build_event")) {
			assertThat(database.jdbc().sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single()).isZero();
		}
	}

	@EachDatabase
	void hintWhenBuildIsQueuedOrEndsIsPublishedOnceAfterCommit(TestDatabase database) {
		Build build = SampleBuilds.queued();
		database.inTransaction().executeWithoutResult((status) -> {
			add(database, build);
			assertThat(this.published).isEmpty();
		});
		assertThat(this.published).containsExactly(new BuildQueued(build.id(), build.isQueuedPush()));
		apply(database, build.id(), SampleBuilds.claimed(build));
		assertThat(this.published).as("a claim frees no place").hasSize(1);
		apply(database, build.id(), new BuildEvent.RunEnded(new RunResult.TimedOut("An hour."), null));
		assertThat(this.published).containsExactly(new BuildQueued(build.id(), build.isQueuedPush()),
				new BuildEnded(build.id()));
	}

	@EachDatabase
	void hintWhenSomebodyWantsAnOpenBuildToEndIsPublishedAfterCommit(TestDatabase database) {
		Build build = SampleBuilds.queued();
		add(database, build);
		apply(database, build.id(), SampleBuilds.claimed(build));
		this.published.clear();
		database.inTransaction().executeWithoutResult((status) -> {
			apply(database, build.id(), new BuildEvent.CancelAsked("alice"));
			assertThat(this.published).isEmpty();
		});
		assertThat(this.published).containsExactly(new CancelWanted(build.id()));
	}

	@EachDatabase
	void hintWhenListenerFailsLeavesTheBuildStored(TestDatabase database) {
		Build build = SampleBuilds.queued();
		new JdbcOrders(database.jdbc(), database.transactions()).addIfAbsent(build.order());
		JdbcBuilds builds = new JdbcBuilds(database.jdbc(), database.transactions(), tags(database), (event) -> {
			throw new IllegalStateException("nobody home");
		}, TestStore.nowhere());
		assertThatNoException().isThrownBy(() -> builds.add(build));
		assertThat(builds.find(build.id())).isPresent();
	}

	@EachDatabase
	void storeStepsWhenSeenComeBackInOrderAndLeaveTheVersion(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		List<StepStatus> seen = List.of(
				new StepStatus(Step.CLONE, StepState.SUCCEEDED, NOW, NOW.plusSeconds(2), "cloned"),
				new StepStatus(Step.BUILD, StepState.RUNNING, NOW.plusSeconds(2), null, null),
				StepStatus.pending(Step.SCAN), StepStatus.pending(Step.PUSH));
		builds(database).storeSteps(build.withSteps(seen));
		builds(database).storeSteps(build.withSteps(seen));
		assertThat(builds(database).find(build.id())).contains(build.withSteps(seen));
		apply(database, build.id(), SampleBuilds.claimed(build));
		assertThat(builds(database).find(build.id()).orElseThrow().steps()).isEqualTo(seen);
	}

	@EachDatabase
	void storeWhenTextsAreTooLongOrHaveNulCutsThem(TestDatabase database) {
		String text = "a\0" + "\uD83D\uDE00".repeat(10_000);
		Build build = add(database, SampleBuilds.queued());
		builds(database)
			.storeSteps(build.withSteps(List.of(new StepStatus(Step.CLONE, StepState.FAILED, null, null, text))));
		apply(database, build.id(), SampleBuilds.claimed(build));
		apply(database, build.id(), new BuildEvent.CancelAsked(text));
		Build failed = apply(database, build.id(), new BuildEvent.RunEnded(new RunResult.Failed(text, text), null));
		assertThat(failed.state().explanation().orElseThrow()).startsWith("a\uD83D\uDE00").hasSizeBetween(3999, 4000);
		assertThat(failed.steps().getFirst().message()).startsWith("a\uD83D\uDE00").hasSizeBetween(1999, 2000);
		assertThat(failed.cancel()).isNotNull();
		assertThat(builds(database).history(build.id())).hasSize(4);
	}

	@EachDatabase
	void storeWhenScanHasTheLargestFindingsComesBackCutToFit(TestDatabase database) {
		String text = "\"x\"\n".repeat(2000);
		Finding largest = new Finding(text, text, text, text, Severity.HIGH, text);
		ScanSummary scan = new ScanSummary(ScanVerdict.PASSED, Map.of(Severity.HIGH, 60),
				Stream.generate(() -> largest).limit(60).toList(), null);
		Build build = add(database, SampleBuilds.queued());
		apply(database, build.id(), SampleBuilds.claimed(build));
		Build verifying = apply(database, build.id(),
				new BuildEvent.RunEnded(new RunResult.Succeeded(DIGEST, scan), DIGEST));
		assertThat(verifying.image().scan().fixable()).hasSize(ScanSummary.MOST_FINDINGS)
			.allSatisfy((finding) -> assertThat(finding.id()).hasSize(200));
		assertThat(apply(database, build.id(), new BuildEvent.DigestConfirmed(DIGEST, null)).image().scan())
			.isEqualTo(verifying.image().scan());
	}

	@EachDatabase
	void storeScannedWhenRepeatedKeepsTheFirstAndListsAttemptsInOrder(TestDatabase database) {
		BuildOrder order = SampleBuilds.release("v1.0.0");
		Build first = add(database, SampleBuilds.queued(order));
		apply(database, first.id(), new BuildEvent.CancelAsked("ada"));
		Build second = Build.queued(BuildId.next(NOW), order, 2, NOW);
		builds(database).add(second);
		ScannedImage one = SampleBuilds.image(DIGEST);
		ScannedImage two = SampleBuilds.image(SampleBuilds.OTHER_DIGEST);
		TestDatabase.together(4, (number) -> {
			builds(database).storeScanned(second.id(), two, NOW.plusSeconds(1));
			return number;
		});
		builds(database).storeScanned(first.id(), one, NOW);
		builds(database).storeScanned(first.id(), new ScannedImage(DIGEST, ScanSummary.unscanned()), NOW);
		builds(database).storeScanned(first.id(), two, NOW.plusSeconds(2));
		assertThat(builds(database).scanned(order.id())).containsExactly(new Attempted(first.id(), one),
				new Attempted(first.id(), two), new Attempted(second.id(), two));
		assertThat(builds(database).scanned(SampleBuilds.release("v2").id())).isEmpty();
	}

	@EachDatabase
	void storeScannedWhenFindingsAreAsLargeAsCanBeFits(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		String text = "\u0001".repeat(2000);
		Finding largest = new Finding(text, text, text, text, Severity.HIGH, text);
		ScanSummary scan = new ScanSummary(ScanVerdict.PASSED, Map.of(Severity.HIGH, 60),
				Stream.generate(() -> largest).limit(60).toList(), null);
		builds(database).storeScanned(build.id(), new ScannedImage(DIGEST, scan), NOW);
		assertThat(builds(database).scanned(build.order().id()).getFirst().image().scan().fixable())
			.hasSize(ScanSummary.MOST_FINDINGS)
			.allSatisfy((finding) -> assertThat(finding.packageName()).hasSize(500));
	}

	@EachDatabase
	void storeWhenEarlierImageIsAdoptedShowsItsFindingsAndNoOthers(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		apply(database, build.id(), SampleBuilds.claimed(build));
		apply(database, build.id(), new BuildEvent.RunEnded(SampleBuilds.succeeded(), DIGEST));
		Finding other = new Finding("CVE-2026-9", "busybox", "1", "2", Severity.LOW, null);
		ScanSummary scan = new ScanSummary(ScanVerdict.PASSED, Map.of(Severity.LOW, 1), List.of(other), NOW);
		ScannedImage earlier = new ScannedImage(SampleBuilds.OTHER_DIGEST, scan);
		Build adopting = apply(database, build.id(), new BuildEvent.FoundPublished(earlier));
		assertThat(adopting.image().scan()).isEqualTo(scan);
		ScanSummary none = new ScanSummary(ScanVerdict.PASSED, Map.of(), List.of(), NOW);
		Build clean = apply(database, build.id(), new BuildEvent.FoundPublished(new ScannedImage(DIGEST, none)));
		assertThat(clean.image().scan()).isEqualTo(none);
	}

	@EachDatabase
	void storeWhenRunIsMissedAndFoundRemembersSinceWhen(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		apply(database, build.id(), SampleBuilds.claimed(build));
		apply(database, build.id(), new BuildEvent.RunWorks(Step.BUILD));
		assertThat(apply(database, build.id(), new BuildEvent.RunMissed()).times().missedAt()).isEqualTo(NOW);
		assertThat(apply(database, build.id(), new BuildEvent.RunWorks(Step.BUILD)).times().missedAt()).isNull();
	}

	@EachDatabase
	void noteReapedWhenManyNoteItIsNewToOne(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		List<Boolean> noted = TestDatabase.together(8, (number) -> builds(database).noteReaped(build.id(), NOW));
		assertThat(noted).filteredOn(Boolean::booleanValue).hasSize(1);
	}

	@EachDatabase
	void storeWhenTimesHaveNanosecondsCutsThem(TestDatabase database) {
		Instant precise = Instant.parse("2026-03-01T12:00:00.999999999Z");
		Build build = Build.queued(BuildId.next(NOW), SampleBuilds.release("v1"), 1, precise);
		add(database, build);
		assertThat(builds(database).find(build.id()).orElseThrow().times().createdAt())
			.isEqualTo(Instant.parse("2026-03-01T12:00:00.999999Z"));
	}

	@EachDatabase
	void openWhenOrdersCompeteIsInOrderOfPriorityThenAge(TestDatabase database) {
		Build bulk = add(database, SampleBuilds.queued(SampleBuilds.bulk(SampleBuilds.release("v0"))));
		Build main = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("e5".repeat(20)))));
		Build manual = add(database, SampleBuilds
			.queued(SampleBuilds.order(SampleBuilds.key(Trigger.MANUAL, null, ImageName.of("a")), ImageTag.latest())));
		Build older = add(database, SampleBuilds.queued(SampleBuilds.release("v1")));
		Build newer = add(database, SampleBuilds.queued(SampleBuilds.release("v2")));
		Build claimed = add(database, SampleBuilds.queued(SampleBuilds.release("v3")));
		apply(database, claimed.id(), SampleBuilds.claimed(claimed));
		Build ended = add(database, SampleBuilds.queued(SampleBuilds.release("v4")));
		apply(database, ended.id(), new BuildEvent.CancelAsked("ada"));
		JdbcBuilds builds = builds(database);
		assertThat(builds.open(List.of(StateName.QUEUED), 10)).containsExactly(older, newer, manual, main, bulk);
		assertThat(builds.open(List.of(StateName.QUEUED), 2)).containsExactly(older, newer);
		assertThat(builds.open(List.of(StateName.QUEUED, StateName.SUBMITTING), 10)).hasSize(6);
		assertThat(builds.open(List.of(StateName.CANCELLED), 10)).isEmpty();
		assertThat(builds.open(List.of(), 10)).isEmpty();
		assertThat(builds.openIds(List.of(StateName.SUBMITTING, StateName.CANCELLED), 10))
			.containsExactly(claimed.id());
		assertThat(builds.openIds(List.of(StateName.QUEUED, StateName.SUBMITTING), 2)).hasSize(2);
		assertThat(builds.openIds(List.of(StateName.CANCELLED), 10)).isEmpty();
		assertThat(
				Stream.of(older, newer, manual, main, bulk).map((build) -> builds.queuePlace(build.id()).orElseThrow()))
			.extracting(QueuePlace::position)
			.containsExactly(1, 2, 3, 4, 5);
		assertThat(builds.queuePlace(claimed.id())).isEmpty();
	}

	@EachDatabase
	void noteQueueReasonWhenQueuedIsShownAndTakenBack(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued());
		JdbcBuilds builds = builds(database);
		assertThat(builds.queuePlace(build.id())).contains(new QueuePlace(1, "waiting-for-its-turn"));
		builds.noteQueueReason(build.id(), "tag-busy");
		builds.noteQueueReason(build.id(), "tag-busy");
		assertThat(builds.queuePlace(build.id())).contains(new QueuePlace(1, "tag-busy"));
		assertThat(builds.find(build.id())).as("no change of the build").contains(build);
		builds.noteQueueReason(build.id(), null);
		assertThat(builds.queuePlace(build.id())).contains(new QueuePlace(1, "waiting-for-its-turn"));
	}

	@EachDatabase
	void listWhenRowsAreAddedMeanwhilePagesOnWithoutGapOrRepeat(TestDatabase database) {
		List<Build> all = IntStream.range(0, 7)
			.mapToObj((number) -> add(database, SampleBuilds.queued(SampleBuilds.release("v" + number))))
			.toList();
		List<BuildId> seen = new ArrayList<>();
		BuildId before = null;
		for (int page = 0; page < 3; page++) {
			List<Build> builds = builds(database).list(BuildFilter.any(), before, 3);
			builds.forEach((build) -> seen.add(build.id()));
			before = builds.getLast().id();
			add(database, SampleBuilds.queued(SampleBuilds.release("later" + page)));
		}
		assertThat(seen).isEqualTo(all.stream().map(Build::id).sorted(Comparator.reverseOrder()).toList());
		assertThat(builds(database).list(BuildFilter.any(), before, 3)).isEmpty();
	}

	@EachDatabase
	void listWhenFilteredGivesMatchingBuildsOnly(TestDatabase database) {
		Build release = add(database, SampleBuilds.queued());
		CommitSha commit = CommitSha.of("e5".repeat(20));
		BuildOrder order = SampleBuilds.main(commit);
		Build main = add(database, Build.queued(BuildId.next(NOW.plusSeconds(60)), order, 1, NOW.plusSeconds(60)));
		apply(database, main.id(), SampleBuilds.claimed(main));
		assertThat(ids(database, new BuildFilter(RepositoryName.of("acme/APP"), null, null, null, null)))
			.containsExactly(main.id(), release.id());
		assertThat(ids(database, new BuildFilter(RepositoryName.of("acme/web"), null, null, null, null))).isEmpty();
		assertThat(ids(database, new BuildFilter(null, StateName.QUEUED, null, null, null)))
			.containsExactly(release.id());
		assertThat(ids(database, new BuildFilter(null, null, Trigger.MAIN, null, null))).containsExactly(main.id());
		assertThat(ids(database, new BuildFilter(null, null, null, commit, null))).containsExactly(main.id());
		assertThat(ids(database, new BuildFilter(null, null, null, null, NOW.plusSeconds(60))))
			.containsExactly(main.id());
		assertThat(ids(database,
				new BuildFilter(RepositoryName.of("acme/app"), StateName.SUBMITTING, Trigger.MAIN, commit, NOW)))
			.containsExactly(main.id());
	}

	private List<BuildId> ids(TestDatabase database, BuildFilter filter) {
		return builds(database).list(filter, null, 10).stream().map(Build::id).toList();
	}

	@EachDatabase
	void storeSupersededWhenNewerIsQueuedEndsTheBuildAndSaysByWhich(TestDatabase database) {
		Build old = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a1".repeat(20)))));
		Build newer = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a2".repeat(20)))));
		assertThat(builds(database).storeSuperseded(superseded(database, old, newer), newer.id())).isTrue();
		assertThat(builds(database).find(old.id()).orElseThrow().state().name()).isEqualTo(StateName.SUPERSEDED);
		assertThat(builds(database).history(old.id()).getLast().detail()).contains(newer.id().value());
		assertThat(builds(database).queuedBeside(newer, 10)).isEmpty();
	}

	@EachDatabase
	void storeSupersededWhenNewerIsNotQueuedAnyMoreStoresNothing(TestDatabase database) {
		Build old = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a1".repeat(20)))));
		Build newer = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a2".repeat(20)))));
		apply(database, newer.id(), new BuildEvent.CancelAsked("ada"));
		assertThat(builds(database).storeSuperseded(superseded(database, old, newer), newer.id())).isFalse();
		assertThat(builds(database).find(old.id())).contains(old);
	}

	@EachDatabase
	void storeSupersededWhenTwoReplicasDecideTheOppositeAtOnceEndsOneOnly(TestDatabase database) {
		for (int round = 0; round < 20; round++) {
			Build one = add(database,
					SampleBuilds.queued(SampleBuilds.main(CommitSha.of("%040x".formatted(2 * round + 1)))));
			Build two = add(database,
					SampleBuilds.queued(SampleBuilds.main(CommitSha.of("%040x".formatted(2 * round + 2)))));
			Transition first = superseded(database, one, two);
			Transition second = superseded(database, two, one);
			List<Boolean> stored = together(2,
					(number) -> (number == 0) ? builds(database).storeSuperseded(first, two.id())
							: builds(database).storeSuperseded(second, one.id()));
			assertThat(stored).containsExactlyInAnyOrder(true, false);
		}
	}

	@EachDatabase
	void queuedBesideListsQueuedPushesToTheSameBranchOnly(TestDatabase database) {
		Build build = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a1".repeat(20)))));
		Build beside = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a2".repeat(20)))));
		Build later = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a3".repeat(20)))));
		Build claimed = add(database, SampleBuilds.queued(SampleBuilds.main(CommitSha.of("a4".repeat(20)))));
		apply(database, claimed.id(), SampleBuilds.claimed(claimed));
		add(database, SampleBuilds.queued());
		add(database, SampleBuilds.queued(SampleBuilds
			.order(SampleBuilds.key(Trigger.MAIN, GitRef.branch("next"), ImageName.of("payments/app")))));
		add(database, SampleBuilds.queued(SampleBuilds
			.order(SampleBuilds.key(Trigger.MAIN, GitRef.branch("main"), ImageName.of("payments/web")))));
		assertThat(builds(database).queuedBeside(build, 10)).containsExactly(later, beside);
		assertThat(builds(database).queuedBeside(build, 1)).containsExactly(later);
	}

	private Transition superseded(TestDatabase database, Build build, Build newer) {
		Build now = builds(database).find(build.id()).orElseThrow();
		return BuildMachine.apply(now, new BuildEvent.SupersededBy(newer.id()), NOW).orElseThrow();
	}

}
