package dev.imagefactory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Reads what was given under {@code image-factory.}: files, arguments, system properties,
 * environment variables, the first of a name before the later ones.
 * <p>
 * Of the environment only what we know, or what reads almost like it, is ours: other
 * variables may begin with our name for other reasons. Kubernetes, for one, describes
 * every service to every pod, and ours is called {@code image-factory}.
 */
final class GivenSettings {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("image-factory");

	private static final Pattern OUR_VARIABLE = Pattern.compile("IMAGE_?FACTORY_(.+)");

	private static final Pattern KUBERNETES_SERVICE = Pattern
		.compile(".*_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_.+)?)?)");

	private final ConfigurableEnvironment environment;

	private final Map<String, GivenSetting> given = new LinkedHashMap<>();

	private GivenSettings(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	/**
	 * Reads all settings of ours.
	 * @param environment the environment of the application
	 * @return known and unknown settings
	 */
	static List<GivenSetting> of(ConfigurableEnvironment environment) {
		GivenSettings settings = new GivenSettings(environment);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				settings.readVariables(variables);
			}
			else if (source instanceof IterableConfigurationPropertySource properties) {
				settings.readProperties(properties);
			}
		}
		return new ArrayList<>(settings.given.values());
	}

	private void readProperties(IterableConfigurationPropertySource source) {
		source.stream().filter(ROOT::isAncestorOf).forEach((name) -> {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				String own = name.subName(1).toString();
				String place = (property.getOrigin() != null) ? property.getOrigin().toString() : null;
				add(new GivenSetting(name(own), key(own), text(property.getValue()), place, false));
			}
		});
	}

	private static @Nullable SettingKey key(String property) {
		return SettingKeys.known().stream().filter((key) -> key.match(property).isPresent()).findFirst().orElse(null);
	}

	private static String name(String property) {
		return SettingKeys.known().stream().flatMap((key) -> key.match(property).stream()).findFirst().orElse(property);
	}

	private void readVariables(SystemEnvironmentPropertySource variables) {
		for (String variable : variables.getPropertyNames()) {
			String upper = variable.toUpperCase(Locale.ROOT);
			if (!OUR_VARIABLE.matcher(upper).matches() || KUBERNETES_SERVICE.matcher(upper).matches()) {
				continue;
			}
			String place = "environment variable " + variable;
			String value = text(variables.getProperty(variable));
			Optional<SettingKey> known = SettingKeys.known()
				.stream()
				.filter((key) -> key.matchVariable(variable).isPresent())
				.findFirst();
			known.ifPresentOrElse(
					(key) -> add(new GivenSetting(key.matchVariable(variable).orElseThrow(), key, value, place, true)),
					() -> addUnknown(upper, value, place));
		}
	}

	private void addUnknown(String variable, String value, String place) {
		String name = OUR_VARIABLE.matcher(variable).replaceFirst("$1").toLowerCase(Locale.ROOT).replace('_', '.');
		if (SettingKeys.nearest(name).isPresent()) {
			add(new GivenSetting(name, null, value, place, true));
		}
	}

	private String text(@Nullable Object value) {
		return this.environment.resolvePlaceholders(Objects.toString(value, "")).strip();
	}

	private void add(GivenSetting setting) {
		this.given.putIfAbsent(setting.name().toLowerCase(Locale.ROOT), setting);
	}

}
