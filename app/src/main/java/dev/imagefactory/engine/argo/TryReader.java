package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

import dev.imagefactory.engine.argo.PodApi.LogsRefused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the log of one try over, from its pod. A log counts as whole when its container
 * has ended and it was asked for once more in vain: an API server ends its answer in good
 * order also when the kubelet's broke off.
 */
final class TryReader {

	private static final Logger logger = LoggerFactory.getLogger(TryReader.class);

	/** How often it is looked whether something else has happened. */
	private static final Duration LOOK = Duration.ofMillis(250);

	/** A try that is over says nothing more after this time. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(3);

	/** A log that is longer each time it is read is not at its end. */
	private static final int MOST_READS = 20;

	private final PodApi pods;

	private final ArchivedLog archive;

	private final CountDownLatch closed;

	/**
	 * Creates the reader.
	 * @param pods where the logs are
	 * @param archive where they are when the pods are gone
	 * @param closed reaches zero when this process ends
	 */
	TryReader(PodApi pods, ArchivedLog archive, CountDownLatch closed) {
		this.pods = pods;
		this.archive = archive;
		this.closed = closed;
	}

	/** What came of it. */
	enum Outcome {

		/** All of it is stored. */
		STORED,

		/** There is more to come, or may be. */
		AGAIN,

		/** There is nothing yet. */
		LATER

	}

	/**
	 * Reads on.
	 * @param work what to read
	 * @param log where to
	 * @param follow whether to wait for more until the container ends
	 * @return what came of it
	 * @throws dev.imagefactory.engine.EngineUnavailable when the API server does not say
	 * @throws InterruptedException when this process ends
	 */
	Outcome read(Work work, CarriedLog log, boolean follow) throws InterruptedException {
		if (log.isFull()) {
			return work.isOver() ? Outcome.STORED : Outcome.LATER;
		}
		Optional<PodLook> pod = look(work);
		if (pod.isEmpty()) {
			return work.isOver() ? gone(work, log) : Outcome.LATER;
		}
		return switch (pod.get().main()) {
			case RUNNING -> {
				boolean wait = follow || work.isOver();
				once(work, log, ask(work, pod.get(), PodLook.MAIN, log, wait));
				yield Outcome.AGAIN;
			}
			case ENDED ->
				(toItsEnd(work, pod.get(), PodLook.MAIN, log) == Outcome.STORED) ? Outcome.STORED : Outcome.AGAIN;
			case WAITING, NEVER -> work.isOver() ? never(work, pod.get(), log) : Outcome.LATER;
		};
	}

	/** What is said of a try that is over has to be true now. */
	private Optional<PodLook> look(Work work) {
		Optional<PodLook> pod = look(work, false);
		boolean odd = pod.isEmpty() || pod.get().main() == PodLook.Main.WAITING
				|| pod.get().main() == PodLook.Main.NEVER;
		return (odd && work.isOver()) ? look(work, true) : pod;
	}

	private Optional<PodLook> look(Work work, boolean exact) {
		return this.pods.find(work.step(), work.attempt(), exact);
	}

	private static PodApi.Ask ask(Work work, PodLook pod, String container, CarriedLog log, boolean follow) {
		return new PodApi.Ask(work.step().namespace(), pod.name(), container, log.since(), follow);
	}

	/**
	 * Reads until the log ends, says nothing for long or is full.
	 * @return how it ended, and with what after the last whole line
	 */
	private Ending once(Work work, CarriedLog log, PodApi.Ask ask) throws InterruptedException {
		log.resume();
		PodLines lines = new PodLines();
		Duration quiet = Duration.ZERO;
		try (LogStream stream = this.pods.log(ask)) {
			while (!stream.isEnded() && !log.isFull() && !isTooQuiet(work, ask, quiet)) {
				byte[] piece = stream.next(LOOK);
				quiet = (piece.length == 0) ? quiet.plus(LOOK) : Duration.ZERO;
				lines.take(piece, log::take);
				if (piece.length == 0) {
					log.flush();
				}
			}
			log.flush();
			return new Ending((stream.isEnded() && !stream.isBroken()) ? Outcome.STORED : Outcome.AGAIN, lines.rest());
		}
		catch (LogsRefused ex) {
			if (!ex.isOfNothing()) {
				throw ex;
			}
			logger.debug("Nothing to read yet, or not any more: {}", ex.getMessage());
			return new Ending(Outcome.LATER, lines.rest());
		}
	}

	private boolean isTooQuiet(Work work, PodApi.Ask ask, Duration quiet) {
		Duration most = ask.follow() ? this.pods.limits().silence() : this.pods.limits().answer();
		boolean last = ask.follow() && work.isOver() && quiet.compareTo(LAST_WORDS) >= 0;
		return last || quiet.compareTo(most) >= 0 || this.closed.getCount() == 0;
	}

	/** Half a line at the end is one when it is there again and nothing follows it. */
	private Outcome toItsEnd(Work work, PodLook pod, String container, CarriedLog log) throws InterruptedException {
		PodLines.Line rest = null;
		for (int read = 0; read < MOST_READS; read++) {
			long before = log.fresh();
			Ending ending = once(work, log, ask(work, pod, container, log, false));
			if (log.isFull()) {
				return Outcome.STORED;
			}
			if (ending.outcome() != Outcome.STORED) {
				return ending.outcome();
			}
			if (log.fresh() == before && ending.rest().equals(rest)) {
				finish(log, rest);
				return Outcome.STORED;
			}
			rest = ending.rest();
		}
		return Outcome.AGAIN;
	}

	private static void finish(CarriedLog log, PodLines.Line rest) {
		if (!rest.isNothing()) {
			log.take(rest);
		}
		String remark = log.remark();
		if (remark != null) {
			log.note("The node says of this log: " + ArgoText.shown(remark));
		}
	}

	/** The cluster ended the pod before the step began, or an init container did. */
	private Outcome never(Work work, PodLook pod, CarriedLog log) throws InterruptedException {
		Outcome main = toItsEnd(work, pod, PodLook.MAIN, log);
		if (main == Outcome.AGAIN || (main == Outcome.STORED && !log.isEmpty())) {
			return main;
		}
		for (String init : pod.failedInits()) {
			if (toItsEnd(work, pod, init, log) == Outcome.AGAIN) {
				return Outcome.AGAIN;
			}
		}
		String words = pod.words().isEmpty() ? work.attempt().message() : pod.words();
		log.note("The container of this step never began: " + ArgoText.shown(words));
		return Outcome.STORED;
	}

	/** What is archived has no times, so it is not joined to what came from the pod. */
	private Outcome gone(Work work, CarriedLog log) {
		log.resume();
		if (log.isEmpty() && this.archive.read(work.step(), work.attempt(),
				(at, text) -> log.take(new PodLines.Line(at, text)))) {
			return Outcome.STORED;
		}
		log.note(log.isEmpty() ? "There is no log, because there is no pod any more: " + ArgoText.shown(work.message())
				: "The pod was gone before its log was read to the end; the last lines may be missing.");
		return Outcome.STORED;
	}

	/**
	 * What to read.
	 *
	 * @param step the step
	 * @param attempt the try at it
	 * @param ended tells what is known by now
	 */
	record Work(StepTries step, StepTries.Try attempt, BooleanSupplier ended) {

		/** Whether the try is over, as far as it is known by now. */
		boolean isOver() {
			return this.ended.getAsBoolean();
		}

		/** What Argo says of it. */
		String message() {
			return this.attempt.message();
		}

	}

	/**
	 * How an answer ended.
	 *
	 * @param outcome stored when in good order, as far as the connection tells, and later
	 * when there is no such log
	 * @param rest what came after the last whole line
	 */
	private record Ending(Outcome outcome, PodLines.Line rest) {
	}

}
