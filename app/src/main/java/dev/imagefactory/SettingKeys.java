package dev.imagefactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.RepositoryPattern;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.source.GitRef;

/** Every setting under {@code image-factory.}, in the order of the documentation. */
final class SettingKeys {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration HOUR = Duration.ofHours(1);

	private static final Duration DAY = Duration.ofDays(1);

	private static final Duration TEN_YEARS = Duration.ofDays(3650);

	private static final String DNS_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

	private static final String DNS_NAME = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";

	private static final String HOST = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?";

	private static final Pattern LATER = Pattern.compile("github\\.(?:api-url|token-file|app\\..+)"
			+ "|registry\\.(?:auth|lock-release-tags)|(?:argo-events|sweep)\\..+"
			+ "|access\\.(?:oidc|jwt|roles).+|teams\\[\\*]\\.repositories\\[\\*]\\.badge");

	private static final List<SettingKey> ALL = all();

	private SettingKeys() {
	}

	/**
	 * The whole table.
	 * @return every setting
	 */
	static List<SettingKey> known() {
		return ALL;
	}

	/**
	 * Finds the setting that a mistyped property may have meant.
	 * @param property the property's name without {@code image-factory.}
	 * @return empty when none reads alike
	 */
	static Optional<SettingKey> nearest(String property) {
		int tolerated = Math.max(2, property.length() / 4);
		return ALL.stream()
			.min(Comparator.comparingInt((key) -> key.distance(property)))
			.filter((key) -> key.distance(property) <= tolerated);
	}

	/**
	 * Whether this version takes a setting, but has no use for it yet. Whoever gives it
	 * is told, so that nobody relies on a thing that does not happen.
	 * @param key a setting
	 * @return true when nothing in this version reads it
	 */
	static boolean isForLater(SettingKey key) {
		return LATER.matcher(key.name()).matches();
	}

	private static List<SettingKey> all() {
		List<SettingKey> keys = new ArrayList<>();
		keys.addAll(service());
		keys.addAll(github());
		keys.addAll(registry());
		keys.addAll(work());
		keys.addAll(access());
		keys.addAll(team());
		keys.addAll(repository());
		return List.copyOf(keys);
	}

	private static List<SettingKey> service() {
		return List.of(optional("base-url", Forms.origin(), "https://images.example.com"),
				optional("data-dir", Forms.directory(), "/var/lib/image-factory"),
				optional("database.url", Forms.database(), "jdbc:postgresql://db.example.com:5432/image_factory"),
				optional("database.username", Forms.text("the name of a user"), "image_factory"),
				optional("database.password-file", Forms.file(), "/run/secrets/database-password"),
				optional("engine", Forms.oneOf("local", "argo"), "local"),
				optional("local.trust-repositories", Forms.flag(), "false"),
				optional("local.builder", Forms.oneOf("auto", "buildah", "podman", "docker", "jib"), "auto"),
				optional("local.docker-socket", Forms.matching("the absolute path of a socket", "/[^,\\p{Cntrl}]+"),
						"/var/run/docker.sock"),
				optional("local.slots", Forms.number(1, 256), "4"));
	}

	private static List<SettingKey> github() {
		return List.of(optional("github.api-url", Forms.secureAddress(), "https://github.example.com/api/v3"),
				optional("github.web-url", Forms.secureAddress(), "https://github.example.com"),
				optional("github.token-file", Forms.file(), "/run/secrets/github-token"),
				optional("github.app.id", Forms.number(1, Long.MAX_VALUE), "123456"),
				optional("github.app.private-key-file", Forms.file(), "/run/secrets/app.pem"),
				optional("github.webhook.secret-files[*]", Forms.file(), "/run/secrets/webhook"),
				optional("argo-events.token-file", Forms.file(), "/run/secrets/argo-events-token"),
				optional("argo-events.teams[*]", teamName(), "payments"));
	}

	private static List<SettingKey> registry() {
		String later = "is not part of this version, which pushes to a layout or to a registry of kind oci";
		return List.of(optional("registry.kind", Forms.onlyYet("layout,oci", "acr", later), "layout"),
				optional("registry.url", Forms.matching("host[:port], without https://", HOST), "example.azurecr.io"),
				optional("registry.insecure", Forms.flag(), "false"),
				optional("registry.ca-file", Forms.file(), "/etc/ssl/registry-ca.pem"),
				optional("registry.credentials-file", Forms.file(), "/run/secrets/registry/config.json"),
				optional("registry.auth", Forms.oneOf("native", "exchange"), "native"),
				optional("registry.lock-release-tags", Forms.flag(), "false"));
	}

	private static List<SettingKey> work() {
		return List.of(optional("build.timeout", Forms.duration(SECOND, DAY), "60m"),
				optional("build.create-deadline", Forms.duration(SECOND, DAY), "2m"),
				optional("build.max-source", Forms.size(), "1GB"),
				optional("argo.server-url", Forms.secureAddress(), "https://argo.example.com"),
				optional("argo.server-token-file", Forms.file(), "/run/secrets/argo-server-token"),
				optional("argo.server-ca-file", Forms.file(), "/etc/ssl/argo-server-ca.pem"),
				optional("argo.relist-interval", Forms.duration(SECOND, Duration.ofSeconds(60)), "60s"),
				optional("queue.max-running", Forms.number(1, 10_000), "20"),
				optional("queue.max-running-per-repository", Forms.number(1, 10_000), "3"),
				optional("sweep.interval", Forms.duration(SECOND, DAY), "5m"),
				optional("retention.deliveries", Forms.duration(HOUR, TEN_YEARS), "90d"),
				optional("retention.logs", Forms.duration(HOUR, TEN_YEARS), "90d"));
	}

	private static List<SettingKey> access() {
		Form name = Forms.matching("1 to 63 of a-z, 0-9 and inner '-'", DNS_LABEL);
		return List.of(optional("access.admin-token-file", Forms.file(), "/run/secrets/admin-token"),
				required("access.oidc[*].name", name, "entra"),
				required("access.oidc[*].issuer", Forms.secureAddress(), "https://login.example.com/tenant"),
				required("access.oidc[*].client-id", Forms.text("the client's id"), "image-factory"),
				required("access.oidc[*].client-secret-file", Forms.file(), "/run/secrets/oidc-client"),
				required("access.jwt[*].name", name, "ci"),
				required("access.jwt[*].issuer", Forms.secureAddress(), "https://token.example.com"),
				required("access.jwt[*].audience", Forms.text("the audience of the tokens"), "image-factory"),
				required("access.roles[*].role", Forms.oneOf("viewer", "operator", "admin"), "operator"),
				optional("access.roles[*].team", teamName(), "payments"),
				required("access.roles[*].issuer", Forms.text("the name or address of an issuer"), "entra"),
				required("access.roles[*].claim", Forms.text("the name of a claim"), "groups"),
				required("access.roles[*].value", Forms.text("the value that the claim has"), "payments-developers"));
	}

	private static List<SettingKey> team() {
		Form account = Forms.matching("a Kubernetes name: a-z, 0-9, inner '-' and '.'", DNS_NAME);
		return List.of(required("teams[*].name", teamName(), "payments"),
				required("teams[*].image-prefix", image(), "payments"),
				optional("teams[*].argo.namespace",
						Forms.matching("a Kubernetes namespace: 1 to 63 of a-z, 0-9 and inner '-'", DNS_LABEL),
						"builds"),
				optional("teams[*].argo.service-account", account, "argo-sa"),
				optional("teams[*].argo.build-account", account, "image-build"),
				optional("teams[*].argo.template", account, "image-build-v1"),
				optional("teams[*].argo.shared", Forms.flag(), "false"),
				optional("teams[*].gate.severities[*]", Forms.oneOf("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"),
						"CRITICAL"),
				optional("teams[*].gate.ignore-unfixed", Forms.flag(), "true"),
				optional("teams[*].gate.end-of-life", Forms.oneOf("warn", "reject"), "warn"),
				optional("teams[*].gate.waivers-config-map", account, "payments-waivers"),
				optional("teams[*].gate.allow-unscanned", Forms.flag(), "false"));
	}

	private static List<SettingKey> repository() {
		String at = "teams[*].repositories[*].";
		String later = "is not part of this version, which receives the webhooks of GitHub only";
		return List.of(
				required(at + "name",
						Forms.value("owner/name, or owner/* for every repository of an owner", RepositoryPattern::of),
						"acme/app"),
				optional(at + "provider", Forms.onlyYet("github", "azure-devops", later), "github"),
				optional(at + "id", Forms.number(1, Long.MAX_VALUE), "123456"),
				optional(at + "branches[*]", Forms.value("the name of a branch, without refs/heads/", GitRef::branch),
						"main"),
				optional(at + "image", image(), "payments/api"), optional(at + "latest", Forms.flag(), "false"),
				optional(at + "clone-url", Forms.cloneAddress(), "https://github.example.com/acme/app.git"),
				optional(at + "credentials-file", Forms.file(), "/run/secrets/acme-app-token"),
				optional(at + "webhook.secret-files[*]", Forms.file(), "/run/secrets/acme-app-webhook"),
				optional(at + "badge", Forms.oneOf("private", "public"), "private"));
	}

	private static Form teamName() {
		return Forms.value("1 to 63 of a-z, 0-9 and inner '-'", TeamName::of);
	}

	private static Form image() {
		return Forms.value("path components of a-z, 0-9 and single '.', '_', '-' inside, joined by '/'", ImageName::of);
	}

	private static SettingKey optional(String name, Form form, String example) {
		return new SettingKey(name, form, example, false);
	}

	private static SettingKey required(String name, Form form, String example) {
		return new SettingKey(name, form, example, true);
	}

}
