package dev.imagefactory;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.ClassesShould;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the code may depend on, and where. Every rule speaks of packages by name, so that
 * packages which are still to come find their rules waiting for them.
 */
class ArchitectureTests {

	private static final JavaClasses CODE = new ClassFileImporter().importPath(Path.of("target/classes"))
		.that(JavaClass.Predicates.resideInAPackage(PackageMap.ROOT + ".."));

	private static final String ROOT = PackageMap.ROOT;

	private static final Pattern EMPTY_NAME = Pattern
		.compile("(?:.*[a-z0-9])?(?:Utils?|Utility|Utilities|Helper|Manager|Impl|Common)(?:[A-Z].*)?");

	private static final Set<String> EMPTY_PACKAGES = Set.of("util", "utils", "common", "helper", "service", "dto",
			"config", "impl");

	/**
	 * The waits of a run between two tries: an interrupt ends them, tests choose them.
	 */
	private static final String MAY_SLEEP = "engine.local.Backoff";

	@Test
	void importsWhenComparedWithThePackageMapAreAllowed() {
		check(classes().should(keepToThePackageMap()));
	}

	@Test
	void packagesAtAnyDepthHaveNoCycle() {
		check(SlicesRuleDefinition.slices().assignedFrom(eachPackage()).should().beFreeOfCycles());
	}

	@Test
	void springWhenInPureCodeIsFound() {
		check(noClasses().that()
			.resideInAnyPackage(in("source.."), in("image.."), in("build"), in("rendering.."))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework..")
			.because("these are pure functions and values"));
	}

	@Test
	void kubernetesWhenOutsideRenderingAndTheArgoEngineIsFound() {
		check(onlyIn("rendering..", "engine.argo..").dependOnClassesThat()
			.resideInAnyPackage("io.argoproj..", "io.fabric8..", "io.kubernetes..")
			.because("the rest talks of runs in our own words"));
	}

	/** Rendering may only say what is to be: what creates it lies in the engine. */
	@Test
	void kubernetesClientWhenOutsideTheArgoEngineIsFound() {
		check(onlyIn("engine.argo..").dependOnClassesThat()
			.resideInAnyPackage("io.fabric8.kubernetes.client..", "io.kubernetes.client..")
			.because("rendering is a pure function, and only the engine talks to a cluster"));
	}

	@Test
	void azureWhenOutsideItsAdaptersIsFound() {
		check(onlyIn("registry.acr..", "git..").dependOnClassesThat()
			.resideInAnyPackage("com.azure..", "com.microsoft..")
			.because("only the registry and the credentials of clones differ on Azure"));
	}

	@Test
	void buildersWhenOutsideTheLocalEngineAreFound() {
		check(onlyIn("engine.local..").dependOnClassesThat()
			.resideInAPackage("com.google.cloud.tools.jib..")
			.because("images are made by engines"));
	}

	@Test
	void childProcessesWhenStartedOutsideTheLocalEngineAreFound() {
		check(onlyIn("engine.local..").dependOnClassesThat()
			.belongToAnyOf(ProcessBuilder.class)
			.orShould()
			.callMethodWhere(named("start a process", Runtime.class, Set.of("exec")))
			.because("only the local engine records its children, and ends them"));
	}

	/** The database asks one thing: whether somebody waits for what a thread does. */
	@Test
	void mvcWhenOutsideTheWebPackagesIsFound() {
		check(noClasses().that()
			.resideOutsideOfPackages(in("api.."), in("dashboard.."), in("(*).web.."))
			.and()
			.doNotHaveFullyQualifiedName(ROOT + ".PostgresDatabase")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jakarta.servlet..", "org.springframework.web.bind..",
					"org.springframework.web.context..", "org.springframework.web.filter..",
					"org.springframework.web.method..", "org.springframework.web.multipart..",
					"org.springframework.web.servlet..", "org.springframework.ui..")
			.because("the inside knows nothing of HTTP requests"));
	}

	@Test
	void sqlWhenOutsideTheJdbcPackagesIsFound() {
		check(noClasses().that()
			.resideOutsideOfPackages(ROOT, in("(**).jdbc.."))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.flywaydb..", "org.h2..")
			.because("SQL has one place in each module"));
	}

	@Test
	void packagesWhenReadAreNullMarked() {
		assertThat(CODE.stream().map(JavaClass::getPackage).distinct())
			.filteredOn((each) -> each.tryGetAnnotationOfType(NullMarked.class).isEmpty())
			.as("packages without @NullMarked in their package-info.java")
			.extracting(JavaPackage::getName)
			.isEmpty();
	}

	@Test
	void namesWhenTheySayNothingAreFound() {
		assertThat(CODE).extracting(JavaClass::getSimpleName)
			.as("class names without a meaning of their own")
			.noneMatch((name) -> EMPTY_NAME.matcher(name).matches());
		assertThat(CODE).extracting(JavaClass::getPackageName)
			.as("package names without a meaning of their own")
			.noneMatch((name) -> Set.of(name.split("\\.")).stream().anyMatch(EMPTY_PACKAGES::contains));
	}

	@Test
	void fieldsWhenInjectedAreFound() {
		check(GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION);
	}

	@Test
	void standardStreamsWhenUsedOutsideTheDemoAreFound() {
		check(noClasses().that()
			.resideOutsideOfPackage(in("demo.."))
			.should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
			.because("what is said goes through a logger"));
	}

	@Test
	void sleepWhenCalledIsFound() {
		check(noClasses().that()
			.doNotHaveFullyQualifiedName(in(MAY_SLEEP))
			.should()
			.callMethodWhere(named("sleep", Thread.class, Set.of("sleep")))
			.orShould()
			.callMethodWhere(named("sleep", TimeUnit.class, Set.of("sleep")))
			.because("who sleeps cannot be woken, stopped or tested"));
	}

	@Test
	void wallClockWhenReadOutsideTheRootPackageIsFound() {
		check(noClasses().that()
			.resideOutsideOfPackage(ROOT)
			.should()
			.callCodeUnitWhere(readsTheWallClock())
			.because("the root package makes the one Clock and everybody is given it"));
	}

	private static void check(ArchRule rule) {
		rule.allowEmptyShould(true).check(CODE);
	}

	private static String in(String subpackage) {
		return ROOT + "." + subpackage;
	}

	private static ClassesShould onlyIn(String... subpackages) {
		String[] packages = Set.of(subpackages).stream().map(ArchitectureTests::in).toArray(String[]::new);
		return noClasses().that().resideOutsideOfPackages(packages).should();
	}

	private static DescribedPredicate<JavaCall<?>> named(String description, Class<?> owner, Set<String> names) {
		return DescribedPredicate.describe(description,
				(call) -> call.getTargetOwner().isEquivalentTo(owner) && names.contains(call.getName()));
	}

	private static DescribedPredicate<JavaCall<?>> readsTheWallClock() {
		Set<Class<?>> times = Set.of(Instant.class, LocalDate.class, LocalDateTime.class, OffsetDateTime.class,
				ZonedDateTime.class);
		return DescribedPredicate.describe("read the wall clock", (call) -> {
			JavaClass owner = call.getTargetOwner();
			CodeUnitCallTarget target = call.getTarget();
			boolean bare = target.getRawParameterTypes().isEmpty();
			boolean now = times.stream().anyMatch(owner::isEquivalentTo) && target.getName().equals("now") && bare;
			boolean millis = owner.isEquivalentTo(System.class) && target.getName().equals("currentTimeMillis");
			boolean date = owner.isEquivalentTo(Date.class) && target.getName().equals("<init>") && bare;
			boolean clock = owner.isEquivalentTo(Clock.class) && target.getName().startsWith("system");
			return now || millis || date || clock;
		});
	}

	private static SliceAssignment eachPackage() {
		return new SliceAssignment() {

			@Override
			public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
				return SliceIdentifier.of(javaClass.getPackageName());
			}

			@Override
			public String getDescription() {
				return "every package by itself";
			}

		};
	}

	private static ArchCondition<JavaClass> keepToThePackageMap() {
		return new ArchCondition<>("keep to the package map") {

			@Override
			public void check(JavaClass item, ConditionEvents events) {
				String from = PackageMap.module(item.getPackageName()).orElseThrow();
				if (!PackageMap.knows(from)) {
					events.add(SimpleConditionEvent.violated(item,
							"Package %s is not in the package map".formatted(item.getPackageName())));
				}
				item.getDirectDependenciesFromSelf().forEach((dependency) -> {
					String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
					PackageMap.module(target)
						.filter((to) -> !PackageMap.allows(from, to))
						.ifPresent((to) -> events.add(SimpleConditionEvent.violated(item,
								"%s may not import %s: %s".formatted(from, to, dependency.getDescription()))));
				});
			}

		};
	}

}
