package dev.imagefactory.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.imagefactory.build.SampleBuilds.DIGEST;
import static dev.imagefactory.build.SampleBuilds.after;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * From where to where a build goes: the table as data, each of its edges taken once, and
 * no other one found by chance. The reference shows the same table.
 */
class StateTableTests {

	private static final BuildEvent CLAIMED = SampleBuilds.claimed(SampleBuilds.queued());

	private static final BuildEvent WAITS = new BuildEvent.RunWaits("no-room", "No node has room.");

	private static final BuildEvent WORKS = new BuildEvent.RunWorks(Step.BUILD);

	private static final BuildEvent MISSING = new BuildEvent.DigestMissing();

	private static final RunResult FAILED = new RunResult.Failed("build-failed", "Exit 1.");

	private static final RunResult ERRORED = new RunResult.Errored("disk-full", "Full.");

	private static final RunResult TIMED_OUT = new RunResult.TimedOut("An hour.");

	private static final RunResult STOPPED = new RunResult.Stopped("in step build");

	private static final RunResult VANISHED = new RunResult.Vanished("Asked twice.");

	private static final RunResult REJECTED = new RunResult.Rejected(SampleBuilds.scan(ScanVerdict.REJECTED));

	private static BuildEvent ended(RunResult result) {
		return new BuildEvent.RunEnded(result, null);
	}

	private static BuildEvent pushed(RunResult result) {
		return new BuildEvent.RunEnded(result, DIGEST);
	}

	/** One sequence for each edge, whose last event takes it. */
	private static Map<String, List<BuildEvent>> sequences() {
		Map<String, List<BuildEvent>> edges = new LinkedHashMap<>();
		edges.put("QUEUED SUBMITTING", List.of(CLAIMED));
		edges.put("QUEUED VERIFYING", List.of(new BuildEvent.FoundPublished(SampleBuilds.image(DIGEST))));
		edges.put("QUEUED FAILED", List.of(new BuildEvent.TagRefused("v1.0.0 is another image's.")));
		edges.put("QUEUED SUPERSEDED", List.of(new BuildEvent.SupersededBy(BuildId.next(SampleBuilds.NOW))));
		edges.put("QUEUED CANCELLED", List.of(new BuildEvent.CancelAsked("ada")));
		edges.putAll(ofRun("SUBMITTING", List.of(CLAIMED)));
		edges.put("SUBMITTING WAITING", List.of(CLAIMED, WAITS));
		edges.put("SUBMITTING RUNNING", List.of(CLAIMED, WORKS));
		edges.putAll(ofRun("WAITING", List.of(CLAIMED, WAITS)));
		edges.put("WAITING RUNNING", List.of(CLAIMED, WAITS, WORKS));
		edges.putAll(ofRun("RUNNING", List.of(CLAIMED, WORKS)));
		edges.put("RUNNING WAITING", List.of(CLAIMED, WORKS, WAITS));
		edges.put("VERIFYING SUCCEEDED",
				List.of(CLAIMED, pushed(SampleBuilds.succeeded()), new BuildEvent.DigestConfirmed(DIGEST, null)));
		edges.put("VERIFYING FAILED", List.of(CLAIMED, pushed(FAILED), MISSING, MISSING));
		edges.put("VERIFYING ERRORED", List.of(CLAIMED, pushed(SampleBuilds.succeeded()), MISSING, MISSING));
		edges.put("VERIFYING TIMED_OUT", List.of(CLAIMED, pushed(TIMED_OUT), MISSING, MISSING));
		edges.put("VERIFYING LOST", List.of(CLAIMED, WORKS, ended(VANISHED), MISSING, MISSING));
		edges.put("VERIFYING CANCELLED", List.of(CLAIMED, pushed(SampleBuilds.succeeded()),
				new BuildEvent.CancelAsked("ada"), new BuildEvent.RegistrySilent("timeout")));
		return edges;
	}

	private static Map<String, List<BuildEvent>> ofRun(String from, List<BuildEvent> before) {
		Map<String, BuildEvent> ends = Map.of("VERIFYING", pushed(SampleBuilds.succeeded()), "REJECTED",
				ended(REJECTED), "FAILED", ended(FAILED), "ERRORED", ended(ERRORED), "TIMED_OUT", ended(TIMED_OUT),
				"CANCELLED", ended(STOPPED));
		return ends.entrySet()
			.stream()
			.collect(Collectors.toMap((end) -> from + " " + end.getKey(),
					(end) -> Stream.concat(before.stream(), Stream.of(end.getValue())).toList()));
	}

	@ParameterizedTest
	@MethodSource("dev.imagefactory.build.StateTable#edges")
	void applyWhenEdgeIsInTheTableHasASequenceThatTakesIt(String edge) {
		List<BuildEvent> sequence = sequences().getOrDefault(edge, List.of());
		assertThat(sequence).as("a sequence for %s", edge).isNotEmpty();
		Build before = after(SampleBuilds.queued(),
				sequence.subList(0, sequence.size() - 1).toArray(BuildEvent[]::new));
		Build next = after(before, sequence.getLast());
		assertThat(before.state().name() + " " + next.state().name()).isEqualTo(edge);
	}

	@Test
	void tableWhenReadKnowsNoSequenceBesidesAndLeavesNoEnd() {
		assertThat(sequences().keySet()).containsExactlyInAnyOrderElementsOf(StateTable.edges());
		assertThat(StateTable.NEXT).allSatisfy((state, next) -> assertThat(next.isEmpty()).isEqualTo(!state.isOpen()));
	}

	@Property(tries = 5000)
	void applyWhenAnythingHappensTakesNoOtherEdge(@ForAll("events") List<BuildEvent> events) {
		Build build = SampleBuilds.queued();
		for (BuildEvent event : events) {
			Build next = applied(build, event);
			StateName from = build.state().name();
			StateName to = next.state().name();
			assertThat(from == to || StateTable.NEXT.get(from).contains(to)).as("%s to %s by %s", from, to, event)
				.isTrue();
			build = next;
		}
	}

	private static Build applied(Build build, BuildEvent event) {
		try {
			return BuildMachine.apply(build, event, SampleBuilds.NOW).map(Transition::build).orElse(build);
		}
		catch (IllegalTransition ex) {
			return build;
		}
	}

	@Provide
	Arbitrary<List<BuildEvent>> events() {
		return new BuildMachineSequenceTests().events();
	}

	@Test
	void referenceWhenReadShowsTheSameTable() throws IOException {
		Pattern row = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|[^|]*\\|([^|]*)\\|$");
		Pattern word = Pattern.compile("`([A-Z_]+)`");
		String reference = Files.readString(Path.of("docs/reference/states.md"));
		String section = reference.substring(reference.indexOf("## States of a build"),
				reference.indexOf("## Why a build is still queued"));
		Map<StateName, Set<StateName>> shown = row.matcher(section)
			.results()
			.collect(Collectors.toMap((match) -> StateName.valueOf(match.group(1)),
					(match) -> word.matcher(match.group(2))
						.results()
						.map((MatchResult name) -> StateName.valueOf(name.group(1)))
						.collect(Collectors.toSet())));
		assertThat(shown).isEqualTo(StateTable.NEXT);
	}

}
