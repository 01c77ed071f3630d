package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Logs that Argo has put into its artifact store ({@code archiveLogs: true}), read
 * through an Argo Server, which is asked only for those that the Workflow says are there.
 * They have no times, so each line has that of its try.
 *
 * @param server the server
 */
record ArgoServerLogs(ArgoServer server) implements ArchivedLog {

	@Override
	public boolean read(StepTries step, StepTries.Try attempt, BiConsumer<Instant, String> lines) {
		Optional<String> log = attempt.archived() ? this.server.log(step, attempt.node()) : Optional.empty();
		log.ifPresent((text) -> text.lines().forEach((line) -> lines.accept(attempt.startedAt(), line)));
		return log.isPresent();
	}

}
