package dev.imagefactory;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a setting that looked good and still could not be turned into a value, such as
 * a list with a gap. Its value is not repeated, because Spring Boot's own explanation
 * would show secrets too.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnboundSettingAnalyzer extends AbstractFailureAnalyzer<BindException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable failure, BindException cause) {
		String name = cause.getName().toString();
		if (!name.startsWith(SettingKey.PREFIX) && !(name + ".").equals(SettingKey.PREFIX)) {
			return null;
		}
		String property = (name + ".").equals(SettingKey.PREFIX) ? "" : name.substring(SettingKey.PREFIX.length());
		Optional<SettingKey> key = SettingKeys.known()
			.stream()
			.filter((known) -> known.match(property).isPresent())
			.findFirst();
		SettingProblem problem = new SettingProblem(name, null, reason(cause),
				key.map((known) -> known.form().accepted()).orElse(null), key.map(SettingKey::example).orElse(null),
				(cause.getProperty() != null && cause.getProperty().getOrigin() != null)
						? cause.getProperty().getOrigin().toString() : null);
		return new BadSettingsAnalyzer().analyze(failure, new BadSettings(List.of(problem)));
	}

	/** The records' own refusals name no secret; other exceptions may. */
	private static String reason(BindException cause) {
		Throwable root = cause;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		boolean ours = root instanceof IllegalArgumentException && root.getStackTrace().length > 0
				&& root.getStackTrace()[0].getClassName().startsWith("dev.imagefactory.");
		return (ours && root.getMessage() != null) ? root.getMessage() : "could not be read ("
				+ root.getClass().getSimpleName() + "); check lists for gaps and texts for type";
	}

}
