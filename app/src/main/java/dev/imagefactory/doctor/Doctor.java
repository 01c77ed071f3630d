package dev.imagefactory.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Checkup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has everything looked at, for all who ask at once and not more often than is good for
 * what is looked at.
 */
public final class Doctor implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Doctor.class);

	private final List<Checkup> checkups;

	private final Pace pace;

	private final LongSupplier nanos;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	/** The last look, which may be under way; null before the first. */
	private @Nullable Look last;

	/**
	 * Creates the doctor.
	 * @param checkups what to look at
	 * @param pace how often, and how long
	 * @param nanos a clock that only goes forward
	 */
	Doctor(List<Checkup> checkups, Pace pace, LongSupplier nanos) {
		this.checkups = List.copyOf(checkups);
		this.pace = pace;
		this.nanos = nanos;
	}

	/**
	 * Looks, or tells what was seen a moment ago.
	 * @return the checks, in the order of the checkups
	 */
	public List<Check> checks() {
		return look().result().join();
	}

	private synchronized Look look() {
		Look before = this.last;
		if (before == null || before.isOver(this.nanos.getAsLong(), this.pace.fresh())) {
			before = new Look(begin(), this.nanos);
			this.last = before;
		}
		return before;
	}

	private CompletableFuture<List<Check>> begin() {
		List<CompletableFuture<List<Check>>> parts = this.checkups.stream().map(this::part).toList();
		return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
			.thenApply((all) -> parts.stream().flatMap((part) -> part.join().stream()).toList());
	}

	/** Each checkup has an end of its own; this is for one that has not. */
	private CompletableFuture<List<Check>> part(Checkup checkup) {
		return CompletableFuture.supplyAsync(checkup::checks, this.threads)
			.completeOnTimeout(
					List.of(Check.cannotSee("doctor", null,
							"A part of the self-check did not end within %d ms."
								.formatted(this.pace.longest().toMillis()),
							null)),
					this.pace.longest().toMillis(), TimeUnit.MILLISECONDS)
			.exceptionally((ex) -> {
				logger.error("A part of the self-check failed", ex);
				return List
					.of(Check.cannotSee("doctor", null, "A part of the self-check failed; the log says why.", null));
			});
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

	/**
	 * How often is looked, and how long.
	 *
	 * @param fresh how long what was seen is told again
	 * @param longest how long a checkup may take
	 */
	record Pace(Duration fresh, Duration longest) {

		/** The pace of production. */
		static Pace standard() {
			return new Pace(Duration.ofSeconds(10), Duration.ofSeconds(10));
		}

	}

	/** One look. */
	private static final class Look {

		private final CompletableFuture<List<Check>> result;

		private volatile long endedAt;

		Look(CompletableFuture<List<Check>> result, LongSupplier nanos) {
			this.result = result.whenComplete((checks, ex) -> this.endedAt = nanos.getAsLong());
		}

		CompletableFuture<List<Check>> result() {
			return this.result;
		}

		boolean isOver(long now, Duration fresh) {
			return this.result.isDone() && now - this.endedAt > fresh.toNanos();
		}

	}

}
