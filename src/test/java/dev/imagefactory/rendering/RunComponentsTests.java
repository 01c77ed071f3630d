package dev.imagefactory.rendering;

import java.lang.reflect.RecordComponent;
import java.net.URI;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of every component of a run: whether the local engine reads it (seen in
 * its compiled code), and whether it changes the Workflow or is refused there by name
 * (seen by changing it). The Run as JSON, which holds them all, is left out of that. A
 * component that is used by neither has the reason in its row.
 */
class RunComponentsTests {

	private static final Set<Class<?>> WALKED = Set.of(Run.class, BuildOrder.class, OrderKey.class, BuildRecipe.class,
			GatePolicy.class, Run.Limits.class);

	private static final JavaClasses LOCAL = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.imagefactory.engine.local", "dev.imagefactory.pipeline");

	private static final Instant LATER = Instant.parse("2027-01-01T00:00:00Z");

	private static final List<Row> TABLE = List.of(used("build", BuildId.next(LATER)),
			row("attempt", 2, "counts attempts for people; the build's id tells them apart"),
			row("order.id", OrderId.next(LATER), "finds the order again; it is in the annotation"),
			onlyArgo("order.key.repository", RepositoryId.github(7), "the clone URL says it already"),
			onlyArgo("order.key.trigger", Trigger.MAIN, "decides tags and turns before there is a run"),
			used("order.key.ref", GitRef.tag("v2")), used("order.key.commit", CommitSha.of("c1".repeat(20))),
			used("order.key.image", ImageName.of("payments/other")),
			row("order.key.request", "promotion", "makes orders distinct; nothing is done by it"),
			used("order.repository", RepositoryName.of("acme/other")),
			onlyArgo("order.team", TeamName.of("search"), "there is one host, whoever builds on it"),
			row("order.origin", Origin.API, "tells people how it was asked for"),
			row("order.missed", true, "tells people that the sweep found it"),
			onlyArgo("order.delivery", DeliveryId.next(LATER), "tells people what asked for it"),
			used("order.recipe.kind", OrderKind.RETAG), used("order.recipe.context", "services/app"),
			used("order.recipe.dockerfile", "Other"),
			row("order.recipe.tags", List.of(ImageTag.dev()), "were wanted; the run's own tags are those it got"),
			used("order.recipe.gate.severities", EnumSet.of(Severity.LOW)),
			used("order.recipe.gate.ignoreUnfixed", false),
			used("order.recipe.gate.endOfLife", GatePolicy.EndOfLife.REJECT),
			onlyArgo("order.recipe.gate.waiversConfigMap", "waivers",
					"a ConfigMap is in Kubernetes; without waivers the gate is only stricter"),
			onlyLocal("order.recipe.gate.allowUnscanned", true, "every Workflow scans"),
			row("order.recipe.bulk", true, "decides turns before there is a run"),
			used("order.recipe.digest", Digest.of("sha256:" + "b2".repeat(32))),
			row("order.createdAt", LATER, "tells people when it was asked for"), used("tags", List.of(ImageTag.dev())),
			used("cloneUrl", URI.create("https://github.com/acme/other.git")),
			used("sourceUrl", URI.create("https://github.com/acme/other")),
			used("buildUrl", URI.create("https://images.example.com/other")),
			onlyLocal("limits.timeout", Duration.ofMinutes(1), "the chart writes it into the templates"),
			used("limits.maxSourceBytes", 5L));

	static List<Row> table() {
		return TABLE;
	}

	private static Row used(String path, Object other) {
		return new Row(path, other, true, true, "");
	}

	private static Row onlyArgo(String path, Object other, String why) {
		return new Row(path, other, false, true, why);
	}

	private static Row onlyLocal(String path, Object other, String why) {
		return new Row(path, other, true, false, why);
	}

	private static Row row(String path, Object other, String why) {
		return new Row(path, other, false, false, why);
	}

	@Test
	void tableWhenComparedWithTheRecordsHasEveryComponent() {
		assertThat(TABLE).extracting(Row::path).containsExactlyElementsOf(paths("", Run.class));
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
		Run run = row.path().endsWith("digest") ? RunScenarios.all().get("retag") : RunScenarios.release("v1.4.0");
		Run other = (Run) changed(run, List.of(row.path().split("\\.")), row.other());
		assertThat(other).as("the changed run").isNotEqualTo(run);
		assertThat(!rendered(other).equals(rendered(run))).as("changes the Workflow").isEqualTo(row.argo());
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
		assertThat(readers(type, path.getLast()).isEmpty()).as("is read by none").isEqualTo(!row.local());
		assertThat(row.why().isEmpty()).isEqualTo(row.local() && row.argo());
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

	/**
	 * What becomes of a component.
	 *
	 * @param path its name below the run
	 * @param other another value than the scenario's
	 * @param local whether the local engine reads it
	 * @param argo whether the Workflow says it, or refuses it by name
	 * @param why why an engine does not need it
	 */
	record Row(String path, Object other, boolean local, boolean argo, String why) {

		@Override
		public String toString() {
			return this.path;
		}

	}

}
