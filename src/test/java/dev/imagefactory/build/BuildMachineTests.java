package dev.imagefactory.build;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.imagefactory.build.BuildState.Verifying;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.imagefactory.build.SampleBuilds.DIGEST;
import static dev.imagefactory.build.SampleBuilds.OTHER_DIGEST;
import static dev.imagefactory.build.SampleBuilds.after;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BuildMachineTests {

	private static final Instant LATER = SampleBuilds.NOW.plusSeconds(60);

	/**
	 * Every pair of event and state, and where it leads. A dot: nothing changes. A note:
	 * the state stays, something else is stored. An exclamation mark: refused. The last
	 * column stands for each end state.
	 */
	private static final String TABLE = """
			event                   | QUEUED     | SUBMITTING | WAITING   | RUNNING   | VERIFYING | end
			Claimed                 | SUBMITTING | !          | !         | !         | !         | !
			FoundPublished          | VERIFYING  | !          | !         | !         | VERIFYING | !
			TagRefused              | FAILED     | !          | !         | !         | !         | !
			SupersededBy            | SUPERSEDED | !          | !         | !         | !         | !
			NothingLeft             | SUPERSEDED | !          | !         | !         | !         | !
			CancelAsked             | CANCELLED  | note       | note      | note      | note      | .
			RunRefused              | .          | ERRORED    | .         | .         | .         | .
			RunPutOff               | .          | SUBMITTING | .         | .         | .         | .
			RunTried                | .          | .          | .         | .         | .         | .
			RunTaken                | .          | .          | .         | .         | .         | .
			RunWaits                | .          | WAITING    | WAITING   | WAITING   | .         | .
			RunWorks                | .          | RUNNING    | RUNNING   | RUNNING   | .         | .
			RunEnded succeeded      | .          | VERIFYING  | VERIFYING | VERIFYING | .         | .
			RunEnded vanished       | .          | VERIFYING  | VERIFYING | VERIFYING | .         | .
			RunEnded rejected       | .          | REJECTED   | REJECTED  | REJECTED  | .         | .
			RunEnded failed         | .          | FAILED     | FAILED    | FAILED    | .         | .
			RunEnded errored        | .          | ERRORED    | ERRORED   | ERRORED   | .         | .
			RunEnded timed out      | .          | TIMED_OUT  | TIMED_OUT | TIMED_OUT | .         | .
			RunEnded stopped        | .          | CANCELLED  | CANCELLED | CANCELLED | .         | .
			RunEnded errored, again | .          | VERIFYING  | VERIFYING | VERIFYING | .         | .
			RunMissed               | .          | .          | note      | note      | .         | .
			RunEnded failed, pushed | .          | VERIFYING  | VERIFYING | VERIFYING | .         | .
			DigestConfirmed         | .          | .          | .         | .         | SUCCEEDED | digest
			DigestConfirmed, other  | .          | .          | .         | .         | VERIFYING | digest
			DigestMissing           | .          | .          | .         | .         | VERIFYING | .
			RegistrySilent          | .          | .          | .         | .         | VERIFYING | .
			""";

	private static final BuildState.PutOff FULL = new BuildState.PutOff("quota", "The quota is used up.", "builds",
			true);

	private static Map<String, BuildEvent> events() {
		Map<String, BuildEvent> events = new LinkedHashMap<>();
		events.put("Claimed", SampleBuilds.claimed(SampleBuilds.queued()));
		events.put("FoundPublished", new BuildEvent.FoundPublished(SampleBuilds.image(OTHER_DIGEST)));
		events.put("TagRefused", new BuildEvent.TagRefused("v1.0.0 belongs to another image."));
		events.put("SupersededBy", new BuildEvent.SupersededBy(BuildId.next(LATER)));
		events.put("NothingLeft", new BuildEvent.NothingLeft("latest points at v2."));
		events.put("CancelAsked", new BuildEvent.CancelAsked("ada"));
		events.put("RunRefused", new BuildEvent.RunRefused(new RunResult.Errored("refused", "Not admitted."), false));
		events.put("RunPutOff", new BuildEvent.RunPutOff(FULL));
		events.put("RunTried", new BuildEvent.RunTried());
		events.put("RunTaken", new BuildEvent.RunTaken());
		events.put("RunWaits", new BuildEvent.RunWaits("image-pull", "It waits for the builder's image."));
		events.put("RunWorks", new BuildEvent.RunWorks(Step.SCAN));
		events.put("RunEnded succeeded", new BuildEvent.RunEnded(SampleBuilds.succeeded(), DIGEST));
		events.put("RunEnded vanished", ended(new RunResult.Vanished("Asked twice.")));
		events.put("RunEnded rejected", ended(new RunResult.Rejected(SampleBuilds.scan(ScanVerdict.REJECTED))));
		events.put("RunEnded failed", ended(new RunResult.Failed("run-failed", "Step 3 exits with 1.")));
		events.put("RunEnded errored", ended(new RunResult.Errored("disk-full", "The disk is full.")));
		events.put("RunEnded timed out", ended(new RunResult.TimedOut("An hour.")));
		events.put("RunEnded stopped", ended(new RunResult.Stopped(null)));
		events.put("RunEnded errored, again",
				new BuildEvent.RunEnded(new RunResult.Errored("disk-full", "The disk is full."), null, true));
		events.put("RunMissed", new BuildEvent.RunMissed());
		events.put("RunEnded failed, pushed",
				new BuildEvent.RunEnded(new RunResult.Failed("push-failed", "Half way."), DIGEST));
		events.put("DigestConfirmed", new BuildEvent.DigestConfirmed(DIGEST, null));
		events.put("DigestConfirmed, other", new BuildEvent.DigestConfirmed(OTHER_DIGEST, null));
		events.put("DigestMissing", new BuildEvent.DigestMissing());
		events.put("RegistrySilent", new BuildEvent.RegistrySilent("connection refused"));
		return events;
	}

	@Test
	void applyWhenTheRunIsPutOffSaysWhyOncePerReasonUntilItIsTaken() {
		Build off = SampleBuilds.after(SampleBuilds.in(StateName.SUBMITTING), new BuildEvent.RunPutOff(FULL));
		assertThat(off.state().why()).contains("quota");
		assertThat(off.state().explanation()).contains("The quota is used up.");
		BuildState.PutOff again = new BuildState.PutOff("quota", "It is used up by 21.", "builds", true);
		assertThat(BuildMachine.apply(off, new BuildEvent.RunPutOff(again), LATER)).isEmpty();
		BuildState.PutOff other = new BuildState.PutOff("right-missing", "It may not.", "builds", true);
		assertThat(SampleBuilds.after(off, new BuildEvent.RunPutOff(other)).state().why()).contains("right-missing");
		Transition taken = BuildMachine.apply(off, new BuildEvent.RunTaken(), LATER).orElseThrow();
		assertThat(taken.build().state()).isEqualTo(new BuildState.Submitting());
		assertThat(taken.entry().reason()).isEqualTo("run-taken");
	}

	@Test
	void applyWhenARefusedRunIsTriedAgainDoesNotSayAnyMoreThatItHasNeverBegun() {
		Build off = SampleBuilds.after(SampleBuilds.in(StateName.SUBMITTING), new BuildEvent.RunPutOff(FULL));
		Transition tried = BuildMachine.apply(off, new BuildEvent.RunTried(), LATER).orElseThrow();
		assertThat(tried.build().state())
			.isEqualTo(new BuildState.Submitting(new BuildState.PutOff("quota", FULL.detail(), "builds", false)));
		assertThat(tried.entry().reason()).isEqualTo("run-tried");
		assertThat(BuildMachine.apply(tried.build(), new BuildEvent.RunTried(), LATER)).isEmpty();
		BuildState.PutOff other = new BuildState.PutOff("other", "It may not.", "builds", true);
		assertThat(SampleBuilds.after(tried.build(), new BuildEvent.RunPutOff(other)).state())
			.isEqualTo(new BuildState.Submitting(new BuildState.PutOff("other", "It may not.", "builds", false)));
	}

	private static BuildEvent.RunEnded ended(RunResult result) {
		return new BuildEvent.RunEnded(result, null);
	}

	private static List<String> cells(String line) {
		return Arrays.stream(line.split("\\|")).map(String::strip).toList();
	}

	private static Stream<Row> table() {
		List<String> header = cells(TABLE.lines().findFirst().orElseThrow());
		return TABLE.lines().skip(1).map((line) -> {
			List<String> cells = cells(line);
			Map<String, String> outcomes = new LinkedHashMap<>();
			for (int i = 1; i < header.size(); i++) {
				outcomes.put(header.get(i), cells.get(i));
			}
			return new Row(cells.getFirst(), outcomes);
		});
	}

	@Test
	void tableWhenStateOrEventIsAddedMustDecideIt() {
		Set<String> openStates = Arrays.stream(StateName.values())
			.filter(StateName::isOpen)
			.map(StateName::name)
			.collect(Collectors.toSet());
		Set<Class<?>> kinds = Set.of(BuildEvent.class.getPermittedSubclasses());
		Set<Class<?>> results = Set.of(RunResult.class.getPermittedSubclasses());
		assertThat(table()).allSatisfy((row) -> {
			assertThat(row.outcomes().keySet()).containsAll(openStates).contains("end").hasSize(openStates.size() + 1);
			assertThat(row.outcomes().values()).doesNotContain("");
		});
		assertThat(table().map(Row::event)).containsExactlyElementsOf(events().keySet());
		assertThat(events().values()).extracting(Object::getClass).containsAll(kinds);
		assertThat(events().values()).filteredOn(BuildEvent.RunEnded.class::isInstance)
			.extracting((event) -> ((BuildEvent.RunEnded) event).result().getClass())
			.containsAll(cast(results));
	}

	@SuppressWarnings("unchecked")
	private static <T> Set<T> cast(Set<?> set) {
		return (Set<T>) set;
	}

	@ParameterizedTest
	@MethodSource("table")
	void applyWhenEventMeetsStateDoesWhatTheTableSays(Row row) {
		BuildEvent event = events().get(row.event());
		for (StateName state : StateName.values()) {
			String expected = row.outcomes().get(state.isOpen() ? state.name() : "end");
			assertThat(outcome(SampleBuilds.in(state), event)).as("%s when %s", row.event(), state)
				.isEqualTo(expected.equals("digest") ? digestOutcome(state) : expected);
		}
	}

	/** A late digest is recorded in every end state but the one that has its digest. */
	private static String digestOutcome(StateName end) {
		return (end == StateName.SUCCEEDED) ? "." : "note";
	}

	private static String outcome(Build build, BuildEvent event) {
		try {
			return BuildMachine.apply(build, event, LATER)
				.map((change) -> change.build().state().equals(build.state()) ? "note"
						: change.build().state().name().name())
				.orElse(".");
		}
		catch (IllegalTransition ex) {
			assertThat(ex).hasMessageContaining(build.id().value())
				.hasMessageContaining(build.state().name().name())
				.hasMessageContaining(event.getClass().getSimpleName());
			return "!";
		}
	}

	@Test
	void applyWhenClaimedHoldsTagsAndEngineAndBegins() {
		Build queued = SampleBuilds.queued();
		Build claimed = BuildMachine.apply(queued, SampleBuilds.claimed(queued), LATER).orElseThrow().build();
		assertThat(claimed.tags()).isEqualTo(queued.tags());
		assertThat(claimed.engine()).isEqualTo("local");
		assertThat(claimed.times()).isEqualTo(new Build.Times(SampleBuilds.NOW, LATER, null));
	}

	@Test
	void applyWhenSameThingIsSeenAgainChangesNothing() {
		Build waiting = SampleBuilds.in(StateName.WAITING);
		assertThat(BuildMachine.apply(waiting, new BuildEvent.RunWaits("no-room", "No node has room."), LATER))
			.isEmpty();
		Build running = SampleBuilds.in(StateName.RUNNING);
		assertThat(BuildMachine.apply(running, new BuildEvent.RunWorks(Step.BUILD), LATER)).isEmpty();
	}

	@Test
	void applyWhenCancelledWhileQueuedEndsAtOnceAndNamesWhoAsked() {
		Transition change = BuildMachine.apply(SampleBuilds.queued(), new BuildEvent.CancelAsked("ada"), LATER)
			.orElseThrow();
		assertThat(change.build().state()).isInstanceOf(BuildState.Cancelled.class);
		assertThat(change.build().cancel()).isEqualTo(new Build.CancelRequest(LATER, "ada"));
		assertThat(change.build().times().finishedAt()).isEqualTo(LATER);
		assertThat(change.entry().by()).isEqualTo("ada");
	}

	@ParameterizedTest
	@EnumSource(names = { "SUBMITTING", "WAITING", "RUNNING", "VERIFYING" })
	void applyWhenCancelledLaterNotesItOnceAndStays(StateName state) {
		Build build = SampleBuilds.in(state);
		Transition change = BuildMachine.apply(build, new BuildEvent.CancelAsked("ada"), LATER).orElseThrow();
		assertThat(change.build().state()).isEqualTo(build.state());
		assertThat(change.build().cancel()).isEqualTo(new Build.CancelRequest(LATER, "ada"));
		assertThat(change.entry()).isEqualTo(
				new HistoryEntry(LATER, state, state, "cancel-asked", build.state().explanation().orElse(null), "ada"));
		assertThat(BuildMachine.apply(change.build(), new BuildEvent.CancelAsked("bob"), LATER)).isEmpty();
	}

	@Test
	void applyWhenRunIsRefusedAfterEngineHasItChangesNothing() {
		BuildEvent refused = events().get("RunRefused");
		assertThat(BuildMachine.apply(SampleBuilds.in(StateName.RUNNING), refused, LATER)).isEmpty();
	}

	@Test
	void applyWhenGateStoppedTheRunNeverVerifiesEvenWithDigest() {
		RunResult rejected = new RunResult.Rejected(SampleBuilds.scan(ScanVerdict.REJECTED));
		Build build = after(SampleBuilds.in(StateName.RUNNING), new BuildEvent.RunEnded(rejected, DIGEST));
		assertThat(build.state()).isEqualTo(new BuildState.Rejected(
				"The gate stopped the image because of its vulnerabilities, in all 1 CRITICAL, 7 LOW. Those that have a fix are listed under scan: update the packages to the versions under fixedIn, or the base image."));
		assertThat(build.image().scan()).isEqualTo(SampleBuilds.scan(ScanVerdict.REJECTED));
	}

	@Test
	void applyWhenDigestIsConfirmedSucceedsWithItsScan() {
		Build build = SampleBuilds.in(StateName.SUCCEEDED);
		assertThat(build.state()).isEqualTo(new BuildState.Succeeded(DIGEST));
		assertThat(build.image()).isEqualTo(new Build.Product(DIGEST, false, SampleBuilds.scan(ScanVerdict.PASSED)));
	}

	@Test
	void applyWhenAnotherDigestIsConfirmedTwiceIsMissingImage() {
		Build build = after(SampleBuilds.in(StateName.VERIFYING), new BuildEvent.DigestConfirmed(OTHER_DIGEST, null),
				new BuildEvent.DigestConfirmed(OTHER_DIGEST, null));
		assertThat(build.state().why()).contains("image-missing");
		assertThat(build.image().digest()).isNull();
	}

	@Test
	void applyWhenDigestIsMissingTwiceIsErrored() {
		Build once = after(SampleBuilds.in(StateName.VERIFYING), new BuildEvent.DigestMissing());
		assertThat(once.state()).isEqualTo(new Verifying(SampleBuilds.succeeded(), DIGEST, 1, null, false));
		Build twice = after(once, new BuildEvent.DigestMissing());
		assertThat(twice.state().name()).isEqualTo(StateName.ERRORED);
		assertThat(twice.state().explanation()).hasValueSatisfying((text) -> assertThat(text).contains(DIGEST.value()));
	}

	@Test
	void applyWhenRegistryIsSilentBetweenMissesStillCountsBoth() {
		Build build = after(SampleBuilds.in(StateName.VERIFYING), new BuildEvent.DigestMissing(),
				new BuildEvent.RegistrySilent("timeout"));
		assertThat(build.state()).isEqualTo(new Verifying(SampleBuilds.succeeded(), DIGEST, 1, "timeout", false));
		assertThat(build.state().why()).contains("registry-unreachable");
		assertThat(after(build, new BuildEvent.DigestMissing()).state().name()).isEqualTo(StateName.ERRORED);
	}

	@ParameterizedTest
	@MethodSource("endings")
	void applyWhenImageOfUnhappyRunIsMissingTwiceEndsAsItsResultSays(RunResult result, StateName end) {
		Build build = after(SampleBuilds.in(StateName.RUNNING), new BuildEvent.RunEnded(result, DIGEST),
				new BuildEvent.DigestMissing(), new BuildEvent.DigestMissing());
		assertThat(build.state().name()).isEqualTo(end);
	}

	@ParameterizedTest
	@MethodSource("endings")
	void applyWhenImageOfUnhappyRunIsConfirmedSucceeds(RunResult result, StateName end) {
		Build build = after(SampleBuilds.in(StateName.RUNNING), new BuildEvent.RunEnded(result, DIGEST),
				new BuildEvent.DigestConfirmed(DIGEST, null));
		assertThat(build.state().name()).isEqualTo(StateName.SUCCEEDED).isNotEqualTo(end);
	}

	private static Stream<Arguments> endings() {
		return Stream.of(arguments(new RunResult.Failed("push-failed", "Half way."), StateName.FAILED),
				arguments(new RunResult.Errored("killed", "The node went away."), StateName.ERRORED),
				arguments(new RunResult.TimedOut("An hour."), StateName.TIMED_OUT),
				arguments(new RunResult.Stopped("while pushing"), StateName.CANCELLED),
				arguments(new RunResult.Vanished("Asked twice."), StateName.LOST));
	}

	private static Arguments arguments(Object... values) {
		return Arguments.of(values);
	}

	@Test
	void applyWhenVanishedRunLeftAnyImageOfItsOwnSucceeds() {
		Build build = after(SampleBuilds.in(StateName.RUNNING), ended(new RunResult.Vanished("Asked twice.")),
				new BuildEvent.DigestConfirmed(OTHER_DIGEST, null));
		assertThat(build.state()).isEqualTo(new BuildState.Succeeded(OTHER_DIGEST));
	}

	@Test
	void applyWhenCancelIsAskedAndRegistryIsSilentIsCancelled() {
		Build build = after(SampleBuilds.in(StateName.VERIFYING), new BuildEvent.RegistrySilent("timeout"),
				new BuildEvent.CancelAsked("ada"), new BuildEvent.RegistrySilent("timeout"));
		assertThat(build.state()).isEqualTo(new BuildState.Cancelled("The registry could not be asked: timeout"));
	}

	@Test
	void applyWhenCancelIsAskedAndDigestIsConfirmedSucceeds() {
		Build build = after(SampleBuilds.in(StateName.VERIFYING), new BuildEvent.CancelAsked("ada"),
				new BuildEvent.DigestConfirmed(DIGEST, null));
		assertThat(build.state().name()).isEqualTo(StateName.SUCCEEDED);
	}

	@Test
	void applyWhenFoundPublishedWhileQueuedSucceedsAdoptedAndNeverStarted() {
		Build build = after(SampleBuilds.queued(), new BuildEvent.FoundPublished(SampleBuilds.image(OTHER_DIGEST)),
				new BuildEvent.RegistrySilent("timeout"), new BuildEvent.DigestMissing(),
				new BuildEvent.DigestConfirmed(OTHER_DIGEST, null));
		assertThat(build.state()).isEqualTo(new BuildState.Succeeded(OTHER_DIGEST));
		assertThat(build.image())
			.isEqualTo(new Build.Product(OTHER_DIGEST, true, SampleBuilds.scan(ScanVerdict.PASSED)));
		assertThat(build.times().startedAt()).isNull();
	}

	@Test
	void applyWhenFoundPublishedAfterTheRunSucceedsAdopted() {
		RunResult errored = new RunResult.Errored("push-refused", "The tag is taken.");
		Build build = after(SampleBuilds.in(StateName.RUNNING), new BuildEvent.RunEnded(errored, DIGEST),
				new BuildEvent.DigestMissing(), new BuildEvent.FoundPublished(SampleBuilds.image(OTHER_DIGEST)));
		assertThat(build.state()).isEqualTo(new Verifying(errored, OTHER_DIGEST, 1, null, true));
		Build confirmed = after(build, new BuildEvent.DigestConfirmed(OTHER_DIGEST, null));
		assertThat(confirmed.image().adopted()).isTrue();
		assertThat(confirmed.state()).isEqualTo(new BuildState.Succeeded(OTHER_DIGEST));
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "QUEUED", "SUBMITTING", "WAITING", "RUNNING", "VERIFYING", "SUCCEEDED" })
	void applyWhenDigestReachesRegistryLateIsRecordedOnceInEndState(StateName end) {
		Build build = SampleBuilds.in(end);
		Transition change = BuildMachine.apply(build, new BuildEvent.DigestConfirmed(DIGEST, null), LATER)
			.orElseThrow();
		assertThat(change.build().state()).isEqualTo(build.state());
		assertThat(change.build().image().digest()).isEqualTo(DIGEST);
		assertThat(change.build().times()).isEqualTo(build.times());
		assertThat(change.entry().reason()).isEqualTo("digest-recorded");
		assertThat(BuildMachine.apply(change.build(), new BuildEvent.DigestConfirmed(OTHER_DIGEST, null), LATER))
			.isEmpty();
	}

	record Row(String event, Map<String, String> outcomes) {

		@Override
		public String toString() {
			return this.event;
		}

	}

}
