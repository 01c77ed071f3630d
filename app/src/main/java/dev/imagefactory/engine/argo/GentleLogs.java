package dev.imagefactory.engine.argo;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

/** Lets only a few use the store at a time: builds need the database too. */
final class GentleLogs implements FollowedLogs {

	private static final int AT_A_TIME = 3;

	private final FollowedLogs store;

	private final Semaphore free = new Semaphore(AT_A_TIME, true);

	/**
	 * Creates the logs.
	 * @param store where they are stored
	 */
	GentleLogs(FollowedLogs store) {
		this.store = store;
	}

	@Override
	public Set<String> stored(BuildId build, Step step) {
		return gently(() -> this.store.stored(build, step));
	}

	@Override
	public Optional<FollowedLog> take(BuildId build, Step step) {
		return gently(() -> this.store.take(build, step)).map(Gentle::new);
	}

	@Override
	public boolean isComplete(BuildId build) {
		return gently(() -> this.store.isComplete(build));
	}

	@Override
	public void complete(BuildId build) {
		gently(() -> this.store.complete(build));
	}

	private void gently(Runnable work) {
		gently(() -> {
			work.run();
			return true;
		});
	}

	private <T> T gently(Supplier<T> work) {
		this.free.acquireUninterruptibly();
		try {
			return work.get();
		}
		finally {
			this.free.release();
		}
	}

	/** One log. */
	private final class Gentle implements FollowedLog {

		private final FollowedLog log;

		Gentle(FollowedLog log) {
			this.log = log;
		}

		@Override
		public void read(Consumer<String> lines) {
			gently(() -> this.log.read(lines));
		}

		@Override
		public long size() {
			return this.log.size();
		}

		@Override
		public void append(byte[] lines) {
			gently(() -> this.log.append(lines));
		}

		@Override
		public void stored(String source) {
			gently(() -> this.log.stored(source));
		}

		@Override
		public void close() {
			gently(this.log::close);
		}

	}

}
