package dev.imagefactory.doctor;

import java.util.List;
import java.util.stream.Collectors;

import dev.imagefactory.engine.Check;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Says in the log what is wrong with the installation, once the service is ready and
 * without keeping it from anything.
 */
final class StartReport implements ApplicationListener<ApplicationReadyEvent> {

	private static final Logger logger = LoggerFactory.getLogger(StartReport.class);

	private final Doctor doctor;

	StartReport(Doctor doctor) {
		this.doctor = doctor;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		Thread.ofVirtual().name("doctor").start(this::report);
	}

	/** Looks and tells. */
	void report() {
		try {
			tell(this.doctor.checks());
		}
		catch (RuntimeException ex) {
			logger.warn("The self-check failed; GET /api/v1/doctor tries it again", ex);
		}
	}

	private static void tell(List<Check> checks) {
		checks.stream().filter((check) -> check.verdict() == Check.Verdict.WRONG).forEach(StartReport::warn);
		List<Check> hidden = checks.stream().filter((check) -> check.verdict() == Check.Verdict.CANNOT_SEE).toList();
		if (!hidden.isEmpty()) {
			logger.info("Self-check: cannot see {}; GET /api/v1/doctor says why",
					hidden.stream().map(StartReport::place).distinct().collect(Collectors.joining(", ")));
		}
		if (checks.stream().allMatch((check) -> check.verdict() == Check.Verdict.OK)) {
			logger.info("Self-check: all is well ({} checks)", checks.size());
		}
		checks.stream()
			.filter((check) -> check.verdict() == Check.Verdict.OK && check.fix() != null)
			.forEach(
					(check) -> logger.info("Self-check: {}: {} Advice: {}", place(check), check.detail(), check.fix()));
	}

	private static void warn(Check check) {
		logger.warn("Self-check: {} is wrong: {} What mends it: {}", place(check), check.detail(), check.fix());
	}

	private static String place(Check check) {
		return (check.namespace() != null) ? check.name() + " in " + check.namespace() : check.name();
	}

}
