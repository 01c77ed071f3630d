package dev.imagefactory.rendering;

import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.jdbc.TestLocalRuns;
import dev.imagefactory.engine.local.LocalRun;
import dev.imagefactory.engine.local.LocalRuns;
import dev.imagefactory.engine.local.RunProgress;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.ImageLabels;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of every component of a run. What says how to build, scan and push is used
 * by both engines or refused by name: whether the local engine reads it is seen in its
 * compiled code, whether the Workflow says it by changing it (the Run as JSON, which
 * holds them all, is left out of that). What only tells of the order may be kept and
 * nothing else: both engines give it back as it was.
 */
class RunComponentsTests {

	private static final Set<Class<?>> WALKED = Set.of(Run.class, BuildOrder.class, OrderKey.class, BuildRecipe.class,
			GatePolicy.class, Run.Limits.class);

	private static final JavaClasses LOCAL = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.imagefactory.engine.local", "dev.imagefactory.pipeline");

	private static final Instant LATER = Instant.parse("2027-01-01T00:00:00Z");

	/** What tells of the order, or was decided before there was a run. */
	private static final Set<String> TELLS_OF_THE_ORDER = Set.of("attempt", "order.id", "order.key.repository",
			"order.key.trigger", "order.key.request", "order.team", "order.origin", "order.missed", "order.delivery",
			"order.recipe.tags", "order.recipe.bulk", "order.createdAt", "place");

	private static final List<Row> TABLE = List.of(used("build", BuildId.next(LATER)), kept("attempt", 2),
			kept("order.id", OrderId.next(LATER)), told("order.key.repository", RepositoryId.github(7)),
			told("order.key.trigger", Trigger.MAIN), used("order.key.ref", GitRef.tag("v2")),
			used("order.key.commit", CommitSha.of("c1".repeat(20))),
			used("order.key.image", ImageName.of("payments/other")), kept("order.key.request", "promotion"),
			used("order.repository", RepositoryName.of("acme/other")), told("order.team", TeamName.of("search")),
			kept("order.origin", Origin.API), kept("order.missed", true),
			told("order.delivery", DeliveryId.next(LATER)), used("order.recipe.kind", OrderKind.RETAG),
			used("order.recipe.context", "services/app"), used("order.recipe.dockerfile", "Other"),
			kept("order.recipe.tags", List.of(ImageTag.dev())),
			used("order.recipe.gate.severities", EnumSet.of(Severity.LOW)),
			used("order.recipe.gate.ignoreUnfixed", false),
			used("order.recipe.gate.endOfLife", GatePolicy.EndOfLife.REJECT),
			// LocalEngineTests shows the refusal.
			new Row("order.recipe.gate.waiversConfigMap", "waivers", Fate.REFUSED, Fate.USED),
			// The template of every Workflow scans, so that nothing is left to allow.
			new Row("order.recipe.gate.allowUnscanned", true, Fate.USED, Fate.IN_THE_TEMPLATE),
			kept("order.recipe.bulk", true), used("order.recipe.digest", Digest.of("sha256:" + "b2".repeat(32))),
			kept("order.createdAt", LATER), used("tags", List.of(ImageTag.dev())),
			used("cloneUrl", URI.create("https://github.com/acme/other.git")),
			used("sourceUrl", URI.create("https://github.com/acme/other")),
			used("buildUrl", URI.create("https://images.example.com/other")),
			// A setting, which the chart writes into the templates.
			new Row("limits.timeout", Duration.ofMinutes(1), Fate.USED, Fate.IN_THE_TEMPLATE),
			used("limits.maxSourceBytes", 5L),
			// The local engine has one place only; MovedTeamTests shows what Argo's does.
			new Row("place", "others", Fate.KEPT, Fate.THE_NAMESPACE));

	static List<Row> table() {
		return TABLE;
	}

	private static Row used(String path, Object other) {
		return new Row(path, other, Fate.USED, Fate.USED);
	}

	/** A label or an annotation says it, for people who look at Workflows. */
	private static Row told(String path, Object other) {
		return new Row(path, other, Fate.KEPT, Fate.USED);
	}

	private static Row kept(String path, Object other) {
		return new Row(path, other, Fate.KEPT, Fate.KEPT);
	}

	@Test
	void tableWhenComparedWithTheRecordsHasEveryComponent() {
		assertThat(TABLE).extracting(Row::path).containsExactlyElementsOf(paths("", Run.class));
	}

	@Test
	void tableWhenAComponentSaysWhatToDoHasItUsedOrRefused() {
		assertThat(TABLE).filteredOn((row) -> row.local() == Fate.KEPT || row.argo() == Fate.KEPT)
			.extracting(Row::path)
			.containsExactlyInAnyOrderElementsOf(TELLS_OF_THE_ORDER);
		assertThat(TABLE).filteredOn((row) -> row.argo() == Fate.IN_THE_TEMPLATE)
			.extracting(Row::path)
			.containsExactly("order.recipe.gate.allowUnscanned", "limits.timeout");
		assertThat(TABLE).filteredOn((row) -> row.argo() == Fate.THE_NAMESPACE)
			.extracting(Row::path)
			.containsExactly("place");
		assertThat(TABLE).noneMatch((row) -> row.local() == Fate.IN_THE_TEMPLATE || row.local() == Fate.THE_NAMESPACE);
	}

	private static List<String> paths(String prefix, Class<?> type) {
		List<String> paths = new ArrayList<>();
		for (RecordComponent component : type.getRecordComponents()) {
			String path = prefix + component.getName();
			if (WALKED.contains(component.getType())) {
				paths.addAll(paths(path + ".", component.getType()));
			}
			else {
				paths.add(path);
			}
		}
		return paths;
	}

	@ParameterizedTest
	@MethodSource("table")
	void renderWhenAComponentChangesDoesAsItsRowSays(Row row) throws ReflectiveOperationException {
		Run run = scenario(row);
		Run other = (Run) changed(run, List.of(row.path().split("\\.")), row.other());
		assertThat(other).as("the changed run").isNotEqualTo(run);
		assertThat(!rendered(other).equals(rendered(run))).as("changes the Workflow").isEqualTo(row.argo().isSeen());
	}

	@Test
	void keptWhenAComponentChangesIsGivenBackByBothEngines(@TempDir Path folder) throws ReflectiveOperationException {
		LocalRuns local = TestLocalRuns.on(TestLocalRuns.database(folder));
		for (Row row : TABLE) {
			Run named = (Run) changed(scenario(row), List.of("build"), BuildId.next(Instant.now()));
			Run run = (Run) changed(named, List.of(row.path().split("\\.")), row.other());
			RunPhase waiting = new RunPhase.Waiting("local-slots", "Waits.");
			local.insert(new LocalRun(run, "a", LATER, false, 0,
					new RunProgress(0, waiting, List.of(), null, null, List.of())));
			assertThat(local.find(run.build()).orElseThrow().run()).as(row.path()).isEqualTo(run);
			assertThat(RunJson.read(RunJson.write(run)).at(run.place())).as(row.path()).isEqualTo(run);
		}
	}

	private static Run scenario(Row row) {
		return row.path().endsWith("digest") ? RunScenarios.all().get("retag") : RunScenarios.release("v1.4.0");
	}

	private static Object changed(Object record, List<String> path, Object value) throws ReflectiveOperationException {
		List<Class<?>> types = new ArrayList<>();
		List<Object> values = new ArrayList<>();
		for (RecordComponent component : record.getClass().getRecordComponents()) {
			types.add(component.getType());
			Object old = component.getAccessor().invoke(record);
			if (component.getName().equals(path.getFirst())) {
				values.add((path.size() == 1) ? value : changed(old, path.subList(1, path.size()), value));
			}
			else {
				// A re-tag has a digest, and nothing else has.
				values.add(
						(component.getName().equals("digest") && value == OrderKind.RETAG) ? RunScenarios.DIGEST : old);
			}
		}
		return record.getClass().getDeclaredConstructor(types.toArray(Class[]::new)).newInstance(values.toArray());
	}

	private static Map<String, @Nullable Object> rendered(Run run) {
		Map<String, @Nullable Object> rendered = new LinkedHashMap<>();
		try {
			JsonNode workflow = WorkflowRenderer.json(run, RunScenarios.site());
			((ObjectNode) workflow.at("/metadata/annotations")).remove("image-factory.dev/order");
			rendered.put("workflow", workflow);
		}
		catch (Unrenderable ex) {
			rendered.put("refused", ex.field());
		}
		return rendered;
	}

	@ParameterizedTest
	@MethodSource("table")
	void readByTheLocalEngineIsAsItsRowSays(Row row) {
		List<String> path = List.of(row.path().split("\\."));
		Class<?> type = Run.class;
		for (String name : path.subList(0, path.size() - 1)) {
			type = Stream.of(type.getRecordComponents())
				.filter((component) -> component.getName().equals(name))
				.findFirst()
				.orElseThrow()
				.getType();
		}
		assertThat(readers(type, path.getLast()).isEmpty()).as("is read by none").isEqualTo(!row.local().isSeen());
	}

	private static Set<String> readers(Class<?> type, String accessor) {
		return LOCAL.stream()
			.filter((reader) -> reader.getPackageName().endsWith("engine.local")
					|| reader.isEquivalentTo(ImageLabels.class))
			.flatMap((reader) -> reader.getMethodCallsFromSelf().stream())
			.filter((call) -> call.getTargetOwner().isEquivalentTo(type) && call.getName().equals(accessor))
			.map((call) -> call.getOriginOwner().getSimpleName())
			.collect(Collectors.toSet());
	}

	/** What an engine does with a component. */
	enum Fate {

		/** It acts by it, or shows it. */
		USED,

		/** It takes no run that has it, and says why. */
		REFUSED,

		/** It gives it back with the run, and does nothing by it. */
		KEPT,

		/** What is installed beside the engine says it already. */
		IN_THE_TEMPLATE,

		/** It is where the Workflow is, and so no part of its text. */
		THE_NAMESPACE;

		boolean isSeen() {
			return this == USED || this == REFUSED;
		}

	}

	/**
	 * What becomes of a component.
	 *
	 * @param path its name below the run
	 * @param other another value than the scenario's
	 * @param local what the local engine does with it
	 * @param argo what the Workflow does with it
	 */
	record Row(String path, Object other, Fate local, Fate argo) {

		@Override
		public String toString() {
			return this.path;
		}

	}

}
