package dev.imagefactory.build.jdbc;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.GatePolicy.EndOfLife;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.Trigger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class StoredJsonTests {

	private static final int STATE_COLUMN = 100_000;

	@ParameterizedTest
	@EnumSource
	void stateWhenStoredComesBackAsItWas(StateName name) {
		BuildState state = SampleBuilds.in(name).state();
		String json = StoredJson.writeState(state);
		assertThat(json).contains("\"state\":\"" + name + "\"");
		assertThat(StoredJson.read(json, BuildState.class)).isEqualTo(state);
	}

	@Test
	void stateWhenItHasEveryFieldIsPlainJson() {
		BuildState state = new BuildState.Verifying(new RunResult.Failed("push-failed", "Half way."),
				SampleBuilds.DIGEST, 1, "timeout", true);
		assertThat(StoredJson.writeState(state))
			.isEqualTo("{\"state\":\"VERIFYING\",\"result\":{\"kind\":\"failed\",\"reason\":\"push-failed\","
					+ "\"detail\":\"Half way.\"},\"digest\":\"%s\",\"misses\":1,\"trouble\":\"timeout\",\"adopted\":true}"
						.formatted(SampleBuilds.DIGEST));
	}

	@Property(tries = 500)
	void verifyingWhenStoredComesBackAsItWas(@ForAll("results") RunResult result, @ForAll("digests") Digest digest,
			@ForAll int misses, @ForAll boolean adopted) {
		BuildState state = new BuildState.Verifying(result, digest, misses, null, adopted);
		assertThat(StoredJson.read(StoredJson.writeState(state), BuildState.class)).isEqualTo(state);
		assertThat(StoredJson.read(StoredJson.write(result), RunResult.class)).isEqualTo(result);
	}

	@ParameterizedTest
	@MethodSource("oneOfEachResult")
	void resultWhenStoredComesBackAsItWas(RunResult result) {
		assertThat(StoredJson.read(StoredJson.write(result), RunResult.class)).isEqualTo(result);
	}

	static Stream<RunResult> oneOfEachResult() {
		return Stream.of(SampleBuilds.succeeded(), new RunResult.Rejected(SampleBuilds.scan(ScanVerdict.END_OF_LIFE)),
				new RunResult.Failed("a", "b"), new RunResult.Errored("a", "b"), new RunResult.TimedOut("a"),
				new RunResult.Stopped(null), new RunResult.Vanished("a"));
	}

	@Test
	void resultsWhenListedAreOneOfEachKind() {
		Set<Class<?>> kinds = oneOfEachResult().map(Object::getClass).collect(Collectors.toSet());
		assertThat(kinds).isEqualTo(Set.of(RunResult.class.getPermittedSubclasses()));
	}

	@Test
	void stateWhenTextsAreHugeAndHostileFitsItsColumn() {
		String hostile = "\u0001".repeat(50_000);
		BuildState state = new BuildState.Verifying(new RunResult.Errored(hostile, hostile), SampleBuilds.DIGEST, 1,
				hostile, false);
		String json = StoredJson.writeState(state);
		assertThat(json.length()).isLessThan(STATE_COLUMN);
		assertThat(StoredJson.read(json, BuildState.class).explanation()).contains(hostile.substring(0, 4000));
	}

	@ParameterizedTest
	@EnumSource
	void runWhenStoredComesBackAsItWas(Trigger trigger) {
		Build build = switch (trigger) {
			case RELEASE -> SampleBuilds.queued();
			case MAIN -> SampleBuilds.queued(SampleBuilds.main(SampleBuilds.queued().order().key().commit()));
			case MANUAL -> SampleBuilds.queued(SampleBuilds.order(
					SampleBuilds.key(trigger, null, SampleBuilds.queued().order().key().image()), ImageTag.latest()));
		};
		Run run = SampleBuilds.run(build);
		assertThat(StoredJson.read(StoredJson.write(run), Run.class)).isEqualTo(run);
	}

	@Property(tries = 500)
	void recipeWhenStoredComesBackAsItWas(@ForAll("recipes") BuildRecipe recipe) {
		assertThat(StoredJson.read(StoredJson.write(recipe), BuildRecipe.class)).isEqualTo(recipe);
		assertThat(StoredJson.readTags(StoredJson.write(recipe.tags()))).isEqualTo(recipe.tags());
	}

	@Test
	void readWhenNewerVersionWroteMoreFieldsIgnoresThem() {
		assertThat(StoredJson.read("{\"state\":\"QUEUED\",\"mood\":\"good\"}", BuildState.class))
			.isEqualTo(new BuildState.Queued());
	}

	@Test
	void readWhenStateIsUnknownSaysWhatToLookAt() {
		assertThatIllegalStateException().isThrownBy(() -> StoredJson.read("{\"state\":\"ASLEEP\"}", BuildState.class))
			.withMessageContaining("BuildState")
			.withMessageContaining("newer version");
	}

	@Provide
	Arbitrary<Digest> digests() {
		return Arbitraries.strings()
			.withChars("0123456789abcdef")
			.ofLength(64)
			.map((hex) -> Digest.of("sha256:" + hex))
			.injectNull(0.2);
	}

	@Provide
	Arbitrary<RunResult> results() {
		Arbitrary<String> words = Arbitraries.strings().ofMaxLength(40).filter(StoredJsonTests::isWholeText);
		return Arbitraries.oneOf(scans().map((scan) -> new RunResult.Succeeded(SampleBuilds.DIGEST, scan)),
				scans().map(RunResult.Rejected::new), words.map((word) -> new RunResult.Failed(word, word)),
				words.map((word) -> new RunResult.Errored(word, word)), words.map(RunResult.TimedOut::new),
				words.injectNull(0.3).map(RunResult.Stopped::new), words.map(RunResult.Vanished::new));
	}

	private static boolean isWholeText(String text) {
		return text.indexOf('\0') < 0 && text.codePoints().noneMatch((point) -> point >= 0xD800 && point <= 0xDFFF);
	}

	private static Arbitrary<ScanSummary> scans() {
		Arbitrary<Map<Severity, Integer>> counts = Arbitraries.maps(Arbitraries.of(Severity.class),
				Arbitraries.integers().between(0, 9999));
		Arbitrary<List<Finding>> findings = Arbitraries.of(SampleBuilds.scan(ScanVerdict.PASSED).fixable())
			.list()
			.ofMaxSize(5);
		Arbitrary<Instant> times = Arbitraries.longs()
			.between(0, 4_000_000_000_000L)
			.map(Instant::ofEpochMilli)
			.injectNull(0.3);
		return Combinators.combine(Arbitraries.of(ScanVerdict.class), counts, findings, times).as(ScanSummary::new);
	}

	@Provide
	Arbitrary<BuildRecipe> recipes() {
		Arbitrary<String> paths = Arbitraries.strings().ofMaxLength(60);
		Arbitrary<List<ImageTag>> tags = Combinators
			.combine(Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(128), Arbitraries.of(TagClass.class))
			.as(ImageTag::new)
			.list()
			.ofMaxSize(5);
		Arbitrary<Set<Severity>> severities = Arbitraries.of(Severity.class)
			.set()
			.ofMinSize(1)
			.map((set) -> Collections.unmodifiableSet(EnumSet.copyOf(set)));
		Arbitrary<GatePolicy> gates = Combinators
			.combine(severities, Arbitraries.of(true, false), Arbitraries.of(Arrays.asList(EndOfLife.values())),
					Arbitraries.of("waivers").injectNull(0.5), Arbitraries.of(true, false))
			.as(GatePolicy::new);
		return Combinators
			.combine(Arbitraries.of(OrderKind.class), paths, paths, tags, gates, Arbitraries.of(true, false))
			.as((kind, context, dockerfile, wanted, gate, bulk) -> new BuildRecipe(kind, context, dockerfile, wanted,
					gate, bulk, (kind == OrderKind.RETAG) ? Digest.ofBytes(new byte[] { 1 }) : null));
	}

}
