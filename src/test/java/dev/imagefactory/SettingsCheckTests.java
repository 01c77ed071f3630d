package dev.imagefactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.imagefactory.onboarding.TeamSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsCheckTests {

	private static final String TEAM = "teams[0].";

	private static final String FIRST = "teams[0].repositories[0].";

	private static final String SECOND = "teams[0].repositories[1].";

	@TempDir
	private Path folder;

	private final Map<String, Object> properties = new HashMap<>();

	private final Map<String, Object> variables = new HashMap<>();

	@Test
	void problemsWhenNothingIsGivenAreNone() {
		assertThat(problems()).isEmpty();
	}

	@Test
	void problemsWhenWholeContractIsGivenAreNone() throws IOException {
		Path secret = Files.writeString(this.folder.resolve("secret"), "hidden\n");
		SettingKeys.known().forEach((key) -> {
			boolean file = key.name().matches(".*-files?(\\[\\*])?");
			set(key.name().replace("[*]", "[0]"), file ? secret.toString() : key.example());
		});
		set("database.url", "jdbc:postgresql://db.example.com:5432/image_factory");
		set("github.token-file", "");
		set(TEAM + "gate.waivers-config-map", "");
		assertThat(problems()).isEmpty();
	}

	@Test
	void problemsWhenTheLocalEngineIsGivenWaiversThatItCannotReadNamesThem() {
		team();
		set(TEAM + "gate.waivers-config-map", "payments-waivers");
		assertConflict(TEAM + "gate.waivers-config-map", "the engine local cannot read ConfigMaps");
		set("engine", "local");
		assertConflict(TEAM + "gate.waivers-config-map", "Take it away");
		set("engine", "argo");
		set("registry.kind", "oci");
		set("registry.url", "registry.example.com");
		assertThat(problems()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "layout", "LAYOUT" })
	void problemsWhenPodsWouldPushToALayoutRefusesIt(String kind) {
		team();
		set("engine", "argo");
		set("registry.kind", kind);
		assertConflict("registry.kind", "pods push to a registry. Set image-factory.registry.kind: oci");
	}

	@Test
	void problemsWhenPodsWouldCloneFromAFolderOfThisHostRefusesIt() {
		argo();
		set(FIRST + "clone-url", "file:///srv/git/app.git");
		assertConflict(FIRST + "clone-url", "cannot reach");
		set("engine", "local");
		set("local.trust-repositories", "true");
		assertThat(problems()).isEmpty();
	}

	@Test
	void problemsWhenTeamsShareTheUsualNamespaceUnsaidRefusesItOnKubernetesOnly() {
		argo();
		set("teams[1].name", "search");
		set("teams[1].image-prefix", "search");
		assertConflict("teams[1].argo.namespace", "teams[0] uses the namespace 'builds'");
		set("teams[1].argo.namespace", "search-builds");
		assertThat(problems()).isEmpty();
		set("teams[1].argo.namespace", "");
		set("teams[0].argo.shared", "true");
		set("teams[1].argo.shared", "true");
		assertThat(problems()).isEmpty();
	}

	private void argo() {
		team();
		set("engine", "argo");
		set("registry.kind", "oci");
		set("registry.url", "registry.example.com");
	}

	@ParameterizedTest
	@CsvSource({ "base-url, ftp://example.com", "base-url, https://example.com/path", "base-url, example.com",
			"github.web-url, http://example.com", "github.api-url, https://example.com/?a=b", "queue.max-running, many",
			"queue.max-running, 0", "queue.max-running-per-repository, 1.5", "build.timeout, 60", "build.timeout, soon",
			"build.timeout, -5m", "build.max-source, 1000", "build.max-source, big", "sweep.interval, 100ms",
			"argo.relist-interval, 2m", "engine, k8s", "registry.kind, acr", "registry.kind, docker",
			"registry.auth, basic", "registry.insecure, maybe", "registry.url, https://example.com",
			"local.builder, kaniko", "local.slots, 0", "github.app.id, abc", "data-dir, /tmp/a;b",
			"retention.logs, forever" })
	void problemsWhenValueHasAnotherFormNamesKeyValueAcceptedAndExample(String name, String value) {
		set(name, value);
		assertThat(problems()).filteredOn((problem) -> problem.key().equals("image-factory." + name))
			.singleElement()
			.satisfies((problem) -> {
				assertThat(problem.accepted()).isNotBlank();
				assertThat(problem.example()).isNotBlank();
				assertThat(problem.problem()).isNotBlank();
				assertThat(problem.describe()).contains("image-factory." + name, "accepted: ", "example: ");
				assertThat(problem.value()).isIn(value, null);
			});
	}

	@ParameterizedTest
	@CsvSource({ "teams[0].name, Payments", "teams[0].image-prefix, Payments/", "teams[0].gate.severities, HIGH|SEVERE",
			"teams[0].gate.severities[0], SEVERE", "teams[0].gate.end-of-life, ignore",
			"teams[0].gate.allow-unscanned, perhaps", "teams[0].argo.namespace, My_Space",
			"teams[0].repositories[0].name, acme app", "teams[0].repositories[0].provider, gitlab",
			"teams[0].repositories[0].provider, azure-devops", "teams[0].repositories[0].id, -1",
			"teams[0].repositories[0].branches, a..b", "teams[0].repositories[0].image, UPPER",
			"teams[0].repositories[0].clone-url, ssh://git@example.com/app",
			"teams[0].repositories[0].clone-url, http://example.com/app.git",
			"teams[0].repositories[0].clone-url, file://host/app", "teams[0].repositories[0].badge, open" })
	void problemsWhenTeamHasBadValueNamesItsPlace(String name, String value) {
		team();
		set(name, value.replace('|', ','));
		assertThat(problems()).extracting(SettingProblem::key).containsExactly("image-factory." + name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://example.com/app.git", "http://127.0.0.1:3000/app.git", "http://localhost/app.git",
			"http://[::1]:3000/app.git", "file:///srv/git/app.git" })
	void problemsWhenCloneAddressIsAcceptedAreNone(String url) {
		team();
		set(FIRST + "clone-url", url);
		assertThat(problems()).isEmpty();
	}

	@Test
	void problemsWhenSeveralNamesAll() {
		set("engine", "k8s");
		set("base-urll", "x");
		set("teams[0].name", "payments");
		set("teams[1].image-prefix", "other");
		set("teams[1].repositories[0].latest", "true");
		assertThat(problems()).extracting(SettingProblem::key)
			.containsExactlyInAnyOrder("image-factory.engine", "image-factory.base-urll",
					"image-factory.teams[0].image-prefix", "image-factory.teams[1].name",
					"image-factory.teams[1].repositories[0].name");
	}

	@Test
	void problemsWhenKeyIsUnknownNamesTheNearestAndNeverTheValue() {
		set("github.token-fil", "hunter2");
		set("github.password", "hunter2");
		set("github", "hunter2");
		assertThat(problems()).hasSize(3).allSatisfy((problem) -> {
			assertThat(problem.describe()).doesNotContain("hunter2");
			assertThat(problem.problem()).containsAnyOf("did you mean image-factory.github.token-file?",
					"known here: github.api-url", "group of settings");
		});
	}

	@ParameterizedTest
	@CsvSource({ "github.token-file, ghp_hunter2", "github.token-file, aHVudGVyMg==/hunter2",
			"access.admin-token-file, hunter2", "database.url, jdbc:postgresql://host/db?password=hunter2",
			"github.web-url, https://user:hunter2@example.com", "github.api-url, https://example.com?token=hunter2" })
	void problemsWhenValueMayBeSecretDoNotShowIt(String name, String value) {
		set(name, value);
		assertThat(problems()).isNotEmpty().noneMatch((problem) -> problem.describe().contains("hunter2"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://db/app", "jdbc:postgresql://db.example.com:5433/app_1",
			"jdbc:postgresql://[::1]:5432/app", "jdbc:postgresql://one:5432,two:5432/app?targetServerType=primary",
			"jdbc:postgresql://db/app?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem" })
	void problemsWhenDatabaseIsAPostgresqlAreNone(String url) {
		set("database.url", url);
		set("database.username", "factory");
		assertThat(problems()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:h2:mem:x", "jdbc:mysql://db/app", "postgresql://db/app", "jdbc:postgresql:app",
			"jdbc:postgresql://db", "jdbc:postgresql://db/", "jdbc:postgresql://me:pw@db/app",
			"jdbc:postgresql://db/app?user=me", "jdbc:postgresql://db/app?socketTimeout=0",
			"jdbc:postgresql://db/app?sslmode=require&socketFactory=x.Y", "jdbc:postgresql://db/app;x=y" })
	void problemsWhenDatabaseIsAnythingElseSaySo(String url) {
		set("database.url", url);
		set("database.username", "factory");
		assertThat(problems()).extracting(SettingProblem::key).containsExactly("image-factory.database.url");
	}

	@Test
	void problemsWhenDatabaseIsHalfGivenNameTheOtherHalf() throws IOException {
		set("database.url", "jdbc:postgresql://db/app");
		assertConflict("database.username", "is missing");
		set("database.url", "");
		set("database.username", "factory");
		assertConflict("database.username", "image-factory.database.url is not");
	}

	@Test
	void problemsWhenFileIsMissingEmptyOrADirectorySayWhich() throws IOException {
		Path empty = Files.writeString(this.folder.resolve("empty"), "\n");
		set("github.token-file", this.folder.resolve("missing"));
		set("access.admin-token-file", empty);
		set("registry.ca-file", this.folder);
		assertThat(problems()).extracting(SettingProblem::problem)
			.containsExactlyInAnyOrder("names a file that does not exist", "names a file that is empty",
					"does not name a file");
		assertThat(problems()).extracting(SettingProblem::value)
			.contains(this.folder.resolve("missing").toString(), empty.toString());
	}

	@Test
	void problemsWhenTeamsHaveOneNameNameBoth() {
		team();
		set("teams[1].name", "payments");
		set("teams[1].image-prefix", "other");
		assertConflict("teams[1].name", "teams[0] already has the name");
	}

	@Test
	void problemsWhenRepositoryHasTwoRulesNameBoth() {
		team();
		set(SECOND + "name", "ACME/app");
		assertConflict(SECOND + "name", "teams[0].repositories[0] is for 'ACME/app' too");
	}

	@ParameterizedTest
	@CsvSource({ "other/app,", "acme/web, payments/app" })
	void problemsWhenTwoRepositoriesBuildOneImageNameBoth(String repository, String image) {
		team();
		set(SECOND + "name", repository);
		set(SECOND + "image", (image != null) ? image : "");
		assertConflict(SECOND + "image", "teams[0].repositories[0] builds the image 'payments/app' too");
	}

	@Test
	void problemsWhenOwnSecretHasNoIdAskForIt() throws IOException {
		team();
		set(FIRST + "webhook.secret-files[0]", Files.writeString(this.folder.resolve("secret"), "x"));
		assertConflict(FIRST + "id", "missing");
	}

	@Test
	void problemsWhenOwnersRuleSaysWhatIsTrueOfOneRepositoryRefusesIt() throws IOException {
		team();
		set(FIRST + "name", "acme/*");
		set(FIRST + "id", "7");
		set(FIRST + "image", "payments/one");
		set(FIRST + "clone-url", "https://example.com/one.git");
		set(FIRST + "webhook.secret-files", Files.writeString(this.folder.resolve("secret"), "x"));
		assertThat(problems()).extracting(SettingProblem::key)
			.containsExactly("image-factory." + FIRST + "id", "image-factory." + FIRST + "image",
					"image-factory." + FIRST + "clone-url", "image-factory." + FIRST + "webhook.secret-files");
	}

	@Test
	void problemsWhenPrefixLeavesNoRoomRefusesIt() {
		team();
		set(TEAM + "image-prefix", "p".repeat(99));
		assertConflict(TEAM + "image-prefix", "no room");
	}

	@Test
	void problemsWhenTeamsUseOneNamespaceUnsharedRefusesIt() {
		team();
		set("teams[0].argo.namespace", "builds");
		set("teams[1].name", "orders");
		set("teams[1].image-prefix", "orders");
		assertThat(problems()).isEmpty();
		set("teams[1].argo.namespace", "builds");
		assertConflict("teams[1].argo.namespace", "teams[0] uses the namespace 'builds'");
		set("teams[0].argo.shared", "true");
		assertConflict("teams[1].argo.namespace", "mark both");
		set("teams[1].argo.shared", "true");
		assertThat(problems()).isEmpty();
		set("teams[1].argo.service-account", "orders-push");
		assertConflict("teams[1].argo.template", "for other accounts");
		set("teams[1].argo.template", "orders-v1");
		assertThat(problems()).isEmpty();
	}

	@Test
	void problemsWhenAppIsHalfGivenOrBesideATokenSaySo() throws IOException {
		Path file = Files.writeString(this.folder.resolve("file"), "x");
		set("github.app.id", "1");
		assertConflict("github.app.private-key-file", "is missing");
		set("github.app.private-key-file", file);
		set("github.token-file", file);
		assertConflict("github.token-file", "not both");
	}

	@Test
	void problemsWhenVariablesAreOursJudgesThem() {
		this.variables.put("IMAGE_FACTORY_QUEUE_MAX_RUNNING", "many");
		this.variables.put("IMAGEFACTORY_BASEURL", "nowhere");
		this.variables.put("IMAGE_FACTORY_DATA_DRI", "/data");
		assertThat(problems()).extracting(SettingProblem::place)
			.containsExactlyInAnyOrder("environment variable IMAGE_FACTORY_QUEUE_MAX_RUNNING",
					"environment variable IMAGEFACTORY_BASEURL", "environment variable IMAGE_FACTORY_DATA_DRI");
		assertThat(problems())
			.anyMatch((problem) -> problem.problem().contains("did you mean image-factory.data-dir?"));
	}

	@Test
	void problemsWhenVariablesAreNotOursLeavesThemAlone() {
		for (String other : List.of("IMAGE_FACTORY_SERVICE_HOST", "IMAGE_FACTORY_SERVICE_PORT",
				"IMAGE_FACTORY_SERVICE_PORT_HTTP", "IMAGE_FACTORY_PORT", "IMAGE_FACTORY_PORT_8080_TCP",
				"IMAGE_FACTORY_PORT_8080_TCP_ADDR", "IMAGE_FACTORY_DATABASE_SERVICE_HOST", "IMAGE_FACTORY_HOME",
				"IMAGE_FACTORY_VERSION")) {
			this.variables.put(other, "tcp://10.0.0.1:8080");
		}
		assertThat(problems()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "IMAGEFACTORY", "IMAGE_FACTORY" })
	void problemsWhenTeamsComeFromVariablesSeesWhatIsBound(String prefix) {
		boolean shortForm = prefix.equals("IMAGEFACTORY");
		this.variables.put(prefix + "_TEAMS_0_NAME", "payments");
		this.variables.put(prefix + (shortForm ? "_TEAMS_0_IMAGEPREFIX" : "_TEAMS_0_IMAGE_PREFIX"), "payments");
		this.variables.put(prefix + "_TEAMS_0_REPOSITORIES_0_NAME", "acme/app");
		assertThat(problems()).isEmpty();
		List<TeamSettings> teams = Binder.get(environment())
			.bind("image-factory.teams", Bindable.listOf(TeamSettings.class))
			.get();
		assertThat(teams).singleElement()
			.satisfies((team) -> assertThat(team.repositories().get(0).name()).hasToString("acme/app"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "99999", "-1", "http" })
	void problemsWhenPortIsNoneNamesIt(String port) {
		this.properties.put("server.port", port);
		assertThat(problems()).singleElement()
			.satisfies((problem) -> assertThat(problem.describe()).contains("server.port = '" + port + "'", "65535"));
	}

	@Test
	void idleWhenSettingsAreForLaterVersionsNamesThemOnly() {
		team();
		set(FIRST + "latest", "true");
		set(FIRST + "badge", "public");
		set("sweep.interval", "5m");
		set("registry.kind", "layout");
		set("registry.lock-release-tags", "true");
		set("github.app.id", "");
		assertThat(SettingsCheck.idle(environment())).containsExactly("image-factory.registry.lock-release-tags",
				"image-factory.sweep.interval", "image-factory." + FIRST + "badge");
	}

	@Test
	void problemsWhenTheRegistryHasNoAddressNamesIt() {
		team();
		set("registry.kind", "oci");
		assertConflict("registry.url", "is missing");
	}

	@Test
	void problemsWhenPlainHttpLeavesThisHostRefusesIt() {
		team();
		set("registry.kind", "oci");
		set("registry.url", "192.0.2.7:5000");
		set("registry.insecure", "true");
		set("local.trust-repositories", "true");
		assertConflict("registry.insecure", "192.0.2.7:5000 is not this host");
		set("registry.url", "a..b");
		assertConflict("registry.url", "a..b is no host");
		set("registry.url", "127.0.0.1:99999");
		assertConflict("registry.url", "127.0.0.1:99999 is no host");
		set("registry.url", "127.0.0.1:5000");
		assertThat(problems()).isEmpty();
	}

	@Test
	void problemsWhenBuildsHereCouldReachARegistryElsewhereAsksForTrust() {
		team();
		set("registry.kind", "oci");
		for (String elsewhere : List.of("registry.example.com", "192.0.2.7:5000", "localhost.example.com:5000")) {
			set("registry.url", elsewhere);
			assertConflict("local.trust-repositories", elsewhere);
		}
		set("local.trust-repositories", "true");
		assertThat(problems()).isEmpty();
		set("local.trust-repositories", "false");
		for (String here : List.of("localhost:5000", "127.0.0.1:5000")) {
			set("registry.url", here);
			assertThat(problems()).as(here).isEmpty();
		}
	}

	private void assertConflict(String name, String problem) {
		assertThat(problems()).singleElement().satisfies((found) -> {
			assertThat(found.key()).isEqualTo("image-factory." + name);
			assertThat(found.problem()).contains(problem);
			assertThat(found.accepted()).isNotNull();
			assertThat(found.example()).isNotNull();
		});
	}

	private void team() {
		set(TEAM + "name", "payments");
		set(TEAM + "image-prefix", "payments");
		set(FIRST + "name", "acme/app");
	}

	private void set(String name, Object value) {
		this.properties.put("image-factory." + name, value.toString());
	}

	private List<SettingProblem> problems() {
		return SettingsCheck.problems(environment());
	}

	private StandardEnvironment environment() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(this.variables)));
		environment.getPropertySources().addFirst(new MapPropertySource("test", this.properties));
		ConfigurationPropertySources.attach(environment);
		return environment;
	}

}
