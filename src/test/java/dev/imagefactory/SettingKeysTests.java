package dev.imagefactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;

class SettingKeysTests {

	/** The documented settings; a change here is a change of the public contract. */
	private static final List<String> DOCUMENTED = List.of("base-url", "data-dir", "database.url", "database.username",
			"database.password-file", "engine", "local.trust-repositories", "local.builder", "local.docker-socket",
			"local.slots", "github.api-url", "github.web-url", "github.token-file", "github.app.id",
			"github.app.private-key-file", "github.webhook.secret-files[*]", "build.timeout", "build.create-deadline",
			"build.max-source", "argo-events.token-file", "argo-events.teams[*]", "registry.kind", "registry.url",
			"registry.insecure", "registry.ca-file", "registry.credentials-file", "registry.auth",
			"registry.lock-release-tags", "argo.server-url", "argo.server-token-file", "argo.server-ca-file",
			"argo.relist-interval", "queue.max-running", "queue.max-running-per-repository", "sweep.interval",
			"retention.deliveries", "retention.logs", "access.admin-token-file", "access.oidc[*].name",
			"access.oidc[*].issuer", "access.oidc[*].client-id", "access.oidc[*].client-secret-file",
			"access.jwt[*].name", "access.jwt[*].issuer", "access.jwt[*].audience", "access.roles[*].role",
			"access.roles[*].team", "access.roles[*].issuer", "access.roles[*].claim", "access.roles[*].value",
			"teams[*].name", "teams[*].image-prefix", "teams[*].argo.namespace", "teams[*].argo.service-account",
			"teams[*].argo.build-account", "teams[*].argo.template", "teams[*].argo.shared",
			"teams[*].gate.severities[*]", "teams[*].gate.ignore-unfixed", "teams[*].gate.end-of-life",
			"teams[*].gate.waivers-config-map", "teams[*].gate.allow-unscanned", "teams[*].repositories[*].name",
			"teams[*].repositories[*].provider", "teams[*].repositories[*].id", "teams[*].repositories[*].branches[*]",
			"teams[*].repositories[*].image", "teams[*].repositories[*].latest", "teams[*].repositories[*].clone-url",
			"teams[*].repositories[*].credentials-file", "teams[*].repositories[*].webhook.secret-files[*]",
			"teams[*].repositories[*].badge");

	@SuppressWarnings("unused")
	private static final List<SettingKey> known = SettingKeys.known();

	@Test
	void knownWhenComparedWithTheDocumentationIsTheSame() {
		assertThat(SettingKeys.known()).extracting(SettingKey::name).containsExactlyInAnyOrderElementsOf(DOCUMENTED);
	}

	@Test
	void knownWhenOfUseInThisVersionStandsInTheReference() throws IOException {
		String page = Files.readString(Path.of("docs/reference/settings.md"));
		assertThat(SettingKeys.known()).filteredOn((key) -> !SettingKeys.isForLater(key))
			.extracting((key) -> ("image-factory." + key.name()).replaceFirst(".*\\[\\*]\\.", "").replace("[*]", ""))
			.filteredOn((name) -> !page.contains("| `" + name + "` |"))
			.as("settings that docs/reference/settings.md does not list")
			.isEmpty();
	}

	@ParameterizedTest
	@FieldSource("known")
	void exampleWhenJudgedIsAccepted(SettingKey key) {
		boolean needsThisMachine = key.name().matches(".*-files?(\\[\\*])?");
		if (needsThisMachine) {
			assertThat(key.form().judge(key.example())).isPresent();
		}
		else {
			assertThat(key.form().judge(key.example())).isEmpty();
		}
		assertThat(key.form().accepted()).isNotBlank();
	}

	@ParameterizedTest
	@CsvSource({ "teams[3].image-prefix, teams[3].image-prefix", "teams[3].imageprefix, teams[3].image-prefix",
			"teams[0].repositories[12].branches, teams[0].repositories[12].branches",
			"teams[0].repositories[12].branches[1], teams[0].repositories[12].branches[1]",
			"github.webhook.secret-files, github.webhook.secret-files" })
	void matchWhenRelaxedSpellingGivesTheName(String property, String name) {
		assertThat(SettingKeys.known().stream().flatMap((key) -> key.match(property).stream())).containsExactly(name);
	}

	@ParameterizedTest
	@CsvSource({ "IMAGE_FACTORY_DATA_DIR, data-dir", "IMAGEFACTORY_DATADIR, data-dir",
			"IMAGE_FACTORY_TEAMS_0_REPOSITORIES_12_BRANCHES_1, teams[0].repositories[12].branches[1]",
			"IMAGEFACTORY_GITHUB_WEBHOOK_SECRETFILES, github.webhook.secret-files" })
	void matchVariableWhenEitherSpellingGivesTheName(String variable, String name) {
		assertThat(SettingKeys.known().stream().flatMap((key) -> key.matchVariable(variable).stream()))
			.containsExactly(name);
	}

	@ParameterizedTest
	@CsvSource({ "base-ulr, base-url", "data_dir, data-dir", "teams[0].image-prefx, teams[*].image-prefix",
			"github.weburl, github.web-url" })
	void nearestWhenMistypedNamesTheSetting(String property, String name) {
		assertThat(SettingKeys.nearest(property)).map(SettingKey::name).contains(name);
	}

	@ParameterizedTest
	@CsvSource({ "something.else", "home", "version" })
	void nearestWhenNothingReadsAlikeGivesNothing(String property) {
		assertThat(SettingKeys.nearest(property)).isEmpty();
	}

}
