package dev.imagefactory.build;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Combinators;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

import static org.assertj.core.api.Assertions.assertThat;

class BuildMachineSequenceTests {

	@Property(tries = 2000)
	void sequenceWhenAnythingHappensKeepsEveryPromise(@ForAll("events") List<BuildEvent> events) {
		Build build = SampleBuilds.queued();
		List<HistoryEntry> history = new ArrayList<>();
		Instant at = SampleBuilds.NOW;
		for (BuildEvent event : events) {
			at = at.plusSeconds(1);
			Optional<Transition> change = apply(build, event, at);
			if (change.isPresent()) {
				Build next = change.get().build();
				assertChange(build, event, next);
				assertEntry(change.get().entry(), build, next, at);
				history.add(change.get().entry());
				build = next;
			}
		}
		assertContinuous(history, build);
		Statistics.collect(build.state().name());
	}

	@Property(tries = 500)
	void applyWhenCalledTwiceWithTheSameGivesTheSame(@ForAll("events") List<BuildEvent> events) {
		Build build = SampleBuilds.queued();
		for (BuildEvent event : events) {
			Optional<Transition> first = apply(build, event, SampleBuilds.NOW);
			assertThat(apply(build, event, SampleBuilds.NOW)).isEqualTo(first);
			build = first.map(Transition::build).orElse(build);
		}
	}

	private static Optional<Transition> apply(Build build, BuildEvent event, Instant at) {
		try {
			return BuildMachine.apply(build, event, at);
		}
		catch (IllegalTransition ex) {
			assertThat(isDecision(event)).as("only decisions are refused, not %s", event).isTrue();
			return Optional.empty();
		}
	}

	private static boolean isDecision(BuildEvent event) {
		return switch (event) {
			case BuildEvent.Claimed claimed -> true;
			case BuildEvent.FoundPublished found -> true;
			case BuildEvent.TagRefused refused -> true;
			case BuildEvent.SupersededBy newer -> true;
			case BuildEvent.CancelAsked asked -> false;
			case BuildEvent.RunRefused refused -> false;
			case BuildEvent.RunPutOff off -> false;
			case BuildEvent.RunTried tried -> false;
			case BuildEvent.RunTaken taken -> false;
			case BuildEvent.RunWaits waits -> false;
			case BuildEvent.RunWorks works -> false;
			case BuildEvent.NothingLeft nothing -> true;
			case BuildEvent.RunEnded ended -> false;
			case BuildEvent.RunMissed missed -> false;
			case BuildEvent.DigestConfirmed confirmed -> false;
			case BuildEvent.DigestMissing missing -> false;
			case BuildEvent.RegistrySilent silent -> false;
		};
	}

	private static void assertChange(Build before, BuildEvent event, Build after) {
		if (!before.isOpen()) {
			assertThat(after.state()).as("an end state is never left").isEqualTo(before.state());
			assertThat(after.times()).isEqualTo(before.times());
		}
		if (after.state().name() == StateName.SUCCEEDED) {
			assertThat(event).isInstanceOf(BuildEvent.DigestConfirmed.class);
			assertThat(after.image().digest()).isEqualTo(((BuildEvent.DigestConfirmed) event).digest());
			assertExpected((BuildState.Verifying) before.state(), after.image().digest());
		}
		assertThat(after.times().finishedAt() != null).as("finished").isEqualTo(!after.isOpen());
		assertThat(after.times().startedAt() != null).as("started").isEqualTo(after.engine() != null);
		assertThat(after.version()).isEqualTo(before.version());
		assertThat(after.id()).isEqualTo(before.id());
		assertThat(after.order()).isEqualTo(before.order());
		assertThat(after.steps()).isEqualTo(before.steps());
		assertThat(after).as("a change changes something").isNotEqualTo(before);
	}

	private static void assertExpected(BuildState.Verifying before, Digest confirmed) {
		assertThat(before.digest()).as("the digest that was built").isIn(null, confirmed);
	}

	private static void assertEntry(HistoryEntry entry, Build before, Build after, Instant at) {
		assertThat(entry.from()).isEqualTo(before.state().name());
		assertThat(entry.to()).isEqualTo(after.state().name());
		assertThat(entry.at()).isEqualTo(at);
	}

	private static void assertContinuous(List<HistoryEntry> history, Build build) {
		StateName last = StateName.QUEUED;
		boolean claimed = false;
		for (HistoryEntry entry : history) {
			assertThat(entry.from()).isEqualTo(last);
			claimed = claimed || entry.to() == StateName.SUBMITTING;
			last = entry.to();
		}
		assertThat(last).isEqualTo(build.state().name());
		assertThat(build.times().startedAt() != null).as("started only by a claim").isEqualTo(claimed);
	}

	@Provide
	Arbitrary<List<BuildEvent>> events() {
		return event().list().ofMaxSize(60);
	}

	private static Arbitrary<BuildEvent> event() {
		Arbitrary<Digest> digests = Arbitraries.of(SampleBuilds.DIGEST, SampleBuilds.OTHER_DIGEST);
		Arbitrary<String> words = Arbitraries.of("one", "two");
		Arbitrary<BuildEvent> decisions = Arbitraries.oneOf(
				Arbitraries.just(SampleBuilds.claimed(SampleBuilds.queued())),
				digests.map(SampleBuilds::image).map(BuildEvent.FoundPublished::new),
				words.map(BuildEvent.TagRefused::new), words.map(BuildEvent.NothingLeft::new),
				Arbitraries.create(() -> new BuildEvent.SupersededBy(BuildId.next(SampleBuilds.NOW))),
				words.map(BuildEvent.CancelAsked::new));
		Arbitrary<BuildEvent> run = Arbitraries.oneOf(
				results().map((result) -> new BuildEvent.RunRefused(result, false)),
				words.map((word) -> new BuildEvent.RunWaits(word, word)),
				Arbitraries.of(Step.class).map(BuildEvent.RunWorks::new),
				results().flatMap((result) -> Combinators.combine(digests.injectNull(0.5), Arbitraries.of(true, false))
					.as((digest, earlier) -> new BuildEvent.RunEnded(result, digest, earlier))),
				words.map((word) -> new BuildEvent.RunPutOff(new BuildState.PutOff(word, word, word, true))),
				Arbitraries.of(new BuildEvent.RunTaken(), new BuildEvent.RunTried()),
				Arbitraries.just(new BuildEvent.RunMissed()));
		Arbitrary<BuildEvent> registry = Arbitraries.oneOf(
				digests.map((digest) -> new BuildEvent.DigestConfirmed(digest, null)),
				Arbitraries.just(new BuildEvent.DigestMissing()), words.map(BuildEvent.RegistrySilent::new));
		Arbitrary<BuildEvent> claim = Arbitraries.just(SampleBuilds.claimed(SampleBuilds.queued()));
		return Arbitraries.frequencyOf(Tuple.of(2, claim), Tuple.of(1, decisions), Tuple.of(4, run),
				Tuple.of(3, registry));
	}

	static Arbitrary<RunResult> results() {
		Arbitrary<String> words = Arbitraries.of("one", "two");
		return Arbitraries.oneOf(
				Arbitraries.of(SampleBuilds.DIGEST, SampleBuilds.OTHER_DIGEST)
					.map((digest) -> new RunResult.Succeeded(digest, ScanSummary.unscanned())),
				Arbitraries.of(ScanVerdict.class).map((verdict) -> new RunResult.Rejected(SampleBuilds.scan(verdict))),
				words.map((word) -> new RunResult.Failed(word, word)),
				words.map((word) -> new RunResult.Errored(word, word)), words.map(RunResult.TimedOut::new),
				words.injectNull(0.5).map(RunResult.Stopped::new), words.map(RunResult.Vanished::new));
	}

}
