package dev.imagefactory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.imagefactory.onboarding.OnboardingSettings;
import dev.imagefactory.onboarding.TeamSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Looks at all settings before anything is created from them, so that everything that is
 * wrong is said at once: unknown keys, values of another form, missing ones, and settings
 * that do not go together.
 */
class SettingsCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final Pattern PLACE = Pattern.compile("\\[[0-9]+](?=\\.)");

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		List<SettingProblem> problems = problems(context.getEnvironment());
		if (!problems.isEmpty()) {
			throw new BadSettings(problems);
		}
	}

	/**
	 * Finds what is wrong.
	 * @param environment the environment of the application
	 * @return all that was found
	 */
	static List<SettingProblem> problems(ConfigurableEnvironment environment) {
		List<GivenSetting> given = GivenSettings.of(environment);
		List<SettingProblem> problems = new ArrayList<>();
		given.forEach((setting) -> problems.addAll(judge(setting)));
		problems.addAll(missing(given));
		problems.addAll(halves(given));
		problems.addAll(RegistryCheck.problems(given));
		problems.addAll(EngineCheck.problems(given));
		port(environment).ifPresent(problems::add);
		boolean teamsAreGood = problems.stream()
			.noneMatch((problem) -> problem.accepted() != null && problem.key().contains(".teams["));
		if (teamsAreGood) {
			problems.addAll(conflicts(environment, given));
			problems.addAll(GateCheck.problems(given));
		}
		return problems;
	}

	/**
	 * Finds what was given and is good, but is of no use yet.
	 * @param environment the environment of the application
	 * @return whole keys
	 */
	static List<String> idle(ConfigurableEnvironment environment) {
		return GivenSettings.of(environment)
			.stream()
			.filter((setting) -> setting.key() != null && SettingKeys.isForLater(setting.key())
					&& !setting.value().isEmpty())
			.map((setting) -> SettingKey.PREFIX + setting.name())
			.sorted()
			.toList();
	}

	/** Spring's own setting, which would be refused with nothing but a stack trace. */
	private static Optional<SettingProblem> port(ConfigurableEnvironment environment) {
		String value = environment.getProperty("server.port", "").strip();
		Form form = Forms.number(0, 65_535);
		return value.isEmpty() ? Optional.empty() : form.judge(value)
			.map((problem) -> new SettingProblem("server.port", value, problem, form.accepted(), "8080", null));
	}

	private static List<SettingProblem> judge(GivenSetting setting) {
		SettingKey key = setting.key();
		if (key == null) {
			return isEmptyGroup(setting) ? List.of() : List.of(unknown(setting));
		}
		if (setting.value().isEmpty()) {
			return List.of();
		}
		boolean several = key.isList() && !setting.name().endsWith("]");
		List<String> values = several ? List.of(setting.value().split("\\s*,\\s*")) : List.of(setting.value());
		return values.stream()
			.flatMap((value) -> key.form()
				.judge(value)
				.map((problem) -> problem(setting, key, key.form().show(value).orElse(null), problem))
				.stream())
			.toList();
	}

	private static SettingProblem problem(GivenSetting setting, SettingKey key, @Nullable String shown,
			String problem) {
		String hidden = (shown == null && key.form().shown() == Form.Shown.AS_PATH)
				? " (the value is not shown, it may be the secret itself: give the path of a file that holds it)" : "";
		return new SettingProblem(SettingKey.PREFIX + setting.name(), shown, problem + hidden, key.form().accepted(),
				key.example(), setting.place());
	}

	/** YAML without a value under a group's name: nothing is set, nothing is wrong. */
	private static boolean isEmptyGroup(GivenSetting setting) {
		return setting.value().isEmpty() && isGroup(setting);
	}

	private static boolean isGroup(GivenSetting setting) {
		return SettingKeys.known().stream().anyMatch((key) -> key.isBelow(setting.name()));
	}

	private static SettingProblem unknown(GivenSetting setting) {
		String name = setting.name();
		String hint = isGroup(setting) ? "is a group of settings and has no value of its own"
				: SettingKeys.nearest(name)
					.map((key) -> "is not a setting; did you mean " + SettingKey.PREFIX + key.name() + "?")
					.orElseGet(() -> "is not a setting; " + neighbours(name));
		return new SettingProblem(SettingKey.PREFIX + name, null, hint, null, null, setting.place());
	}

	private static String neighbours(String name) {
		String group = name;
		while (group.lastIndexOf('.') > 0) {
			group = group.substring(0, group.lastIndexOf('.'));
			String present = group;
			List<SettingKey> below = SettingKeys.known().stream().filter((key) -> key.isBelow(present)).toList();
			if (!below.isEmpty()) {
				return below.stream().map(SettingKey::name).collect(Collectors.joining(", ", "known here: ", ""));
			}
		}
		return SettingKeys.known()
			.stream()
			.map((key) -> key.name().replaceAll("[.\\[].*", ""))
			.distinct()
			.collect(Collectors.joining(", ", "known here: ", ""));
	}

	private static List<SettingProblem> missing(List<GivenSetting> given) {
		Set<String> named = given.stream()
			.filter((setting) -> !setting.value().isEmpty())
			.map(GivenSetting::name)
			.collect(Collectors.toSet());
		List<SettingProblem> missing = new ArrayList<>();
		for (String element : elements(given)) {
			for (SettingKey key : SettingKeys.known()) {
				String suffix = key.name().substring(key.name().lastIndexOf("[*].") + "[*].".length());
				boolean here = key.required() && key.match(element + "." + suffix).isPresent();
				if (here && !named.contains(element + "." + suffix)) {
					missing.add(new SettingProblem(SettingKey.PREFIX + element + "." + suffix, null, "is missing",
							key.form().accepted(), key.example(), null));
				}
			}
		}
		return missing;
	}

	/** Every element of a list that something was given for, such as {@code teams[0]}. */
	private static Set<String> elements(List<GivenSetting> given) {
		Set<String> elements = new LinkedHashSet<>();
		for (GivenSetting setting : given) {
			Matcher place = PLACE.matcher(setting.name());
			while (place.find()) {
				elements.add(setting.name().substring(0, place.end()));
			}
		}
		return elements;
	}

	private static List<SettingProblem> halves(List<GivenSetting> given) {
		boolean id = isGiven(given, "github.app.id");
		boolean privateKey = isGiven(given, "github.app.private-key-file");
		List<SettingProblem> problems = new ArrayList<>();
		if (id != privateKey) {
			String missing = id ? "github.app.private-key-file" : "github.app.id";
			problems.add(conflict(given, missing, "is missing; a GitHub App needs its id and its private key"));
		}
		if (id && isGiven(given, "github.token-file")) {
			problems.add(
					conflict(given, "github.token-file", "is set beside github.app; give a token or an App, not both"));
		}
		problems.addAll(halfDatabase(given));
		return problems;
	}

	private static List<SettingProblem> halfDatabase(List<GivenSetting> given) {
		if (isGiven(given, "database.url")) {
			return isGiven(given, "database.username") ? List.of()
					: List.of(conflict(given, "database.username", "is missing; a database has a user"));
		}
		return Stream.of("database.username", "database.password-file")
			.filter((name) -> isGiven(given, name))
			.map((name) -> conflict(given, name,
					"is set, but image-factory.database.url is not: without it the embedded database is used"))
			.toList();
	}

	static boolean isGiven(List<GivenSetting> given, String name) {
		return given.stream().anyMatch((setting) -> setting.name().equals(name) && !setting.value().isEmpty());
	}

	private static List<SettingProblem> conflicts(ConfigurableEnvironment environment, List<GivenSetting> given) {
		List<TeamSettings> teams = Binder.get(environment)
			.bind("image-factory.teams", Bindable.listOf(TeamSettings.class))
			.orElse(List.of());
		return OnboardingSettings.conflicts(teams, EngineCheck.isArgo(given))
			.stream()
			.map((conflict) -> conflict(given, conflict.key(), conflict.problem()))
			.toList();
	}

	static SettingProblem conflict(List<GivenSetting> given, String name, String problem) {
		SettingKey key = SettingKeys.known()
			.stream()
			.filter((known) -> known.match(name).isPresent())
			.findFirst()
			.orElseThrow();
		Optional<GivenSetting> setting = given.stream()
			.filter((candidate) -> candidate.name().equals(name))
			.findFirst();
		return new SettingProblem(SettingKey.PREFIX + name,
				setting.flatMap((present) -> key.form().show(present.value())).orElse(null), problem,
				key.form().accepted(), key.example(), setting.map(GivenSetting::place).orElse(null));
	}

}
