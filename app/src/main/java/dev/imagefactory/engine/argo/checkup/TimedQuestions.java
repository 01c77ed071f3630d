package dev.imagefactory.engine.argo.checkup;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.argo.checkup.KubernetesQuestions.Answer;
import dev.imagefactory.engine.argo.checkup.KubernetesQuestions.Question;
import dev.imagefactory.engine.argo.checkup.Sight.Hidden;
import dev.imagefactory.engine.argo.checkup.Sight.Seen;

/**
 * The questions of one look: all of them together have an end, only a few are asked at a
 * time, and whatever happens is an answer.
 */
final class TimedQuestions {

	private static final int AT_A_TIME = 8;

	private final KubernetesQuestions questions;

	private final LongSupplier nanos;

	private final long end;

	private final Duration one;

	private final Semaphore turns = new Semaphore(AT_A_TIME);

	/**
	 * Begins a look.
	 * @param questions who asks
	 * @param limits how long it may take
	 * @param nanos a clock that only goes forward
	 */
	TimedQuestions(KubernetesQuestions questions, ArgoCheckup.Limits limits, LongSupplier nanos) {
		this.questions = questions;
		this.nanos = nanos;
		this.end = nanos.getAsLong() + limits.all().toNanos();
		this.one = limits.one();
	}

	/**
	 * Asks for an object.
	 * @param question the question
	 * @param name the object's name; empty for a kind
	 * @param right what asking needs, such as {@code get pods in the namespace builds}
	 * @param fix what gives that right
	 * @return empty when there is no such object
	 */
	Sight<Optional<JsonNode>> object(Question question, String name, String right, String fix) {
		return ask(question, right, fix, (answer) -> {
			boolean denied = name.isEmpty() ? answer.deniesKind() : answer.deniesObject(name);
			return denied ? Optional.of(Optional.empty())
					: Optional.of(answer.body()).filter((body) -> answer.isGood()).map(Optional::of);
		});
	}

	/**
	 * Asks.
	 * @param question the question
	 * @param right what asking needs
	 * @param fix what gives that right
	 * @return the answer's content
	 */
	Sight<JsonNode> content(Question question, String right, String fix) {
		return ask(question, right, fix, (answer) -> answer.isGood() ? Optional.of(answer.body()) : Optional.empty());
	}

	private <T> Sight<T> ask(Question question, String right, String fix, Function<Answer, Optional<T>> reading) {
		try {
			long left = this.end - this.nanos.getAsLong();
			if (left <= 0 || !this.turns.tryAcquire(left, TimeUnit.NANOSECONDS)) {
				return new Hidden<>("The time for this look was over before it was asked.", null);
			}
			try {
				left = Math.clamp(this.end - this.nanos.getAsLong(), 1, this.one.toNanos());
				Answer answer = this.questions.ask(question, Duration.ofNanos(left));
				return reading.apply(answer).<Sight<T>>map(Seen::new).orElseGet(() -> refused(answer, right, fix));
			}
			finally {
				this.turns.release();
			}
		}
		catch (EngineUnavailable ex) {
			return new Hidden<>(String.valueOf(ex.getMessage()), null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Hidden<>("The service is about to end.", null);
		}
	}

	private static <T> Sight<T> refused(Answer answer, String right, String fix) {
		if (answer.isForbidden()) {
			return new Hidden<>("The right to %s is missing (%s).".formatted(right, answer.words()), fix);
		}
		return new Hidden<>("To %s does not work: the Kubernetes API answered %s.".formatted(right, answer.words()),
				null);
	}

}
