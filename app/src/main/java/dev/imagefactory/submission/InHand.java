package dev.imagefactory.submission;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.imagefactory.pipeline.BuildId;

/** The builds that threads of this process have in hand, each in one at most. */
class InHand {

	/** More than this one process does not need to be busy. */
	private static final int MOST = 16;

	private final Set<BuildId> builds = ConcurrentHashMap.newKeySet();

	private final Executor executor;

	private volatile Runnable room = () -> {
	};

	private volatile boolean moreWait;

	InHand(Executor executor) {
		this.executor = executor;
	}

	void onRoom(Runnable listener) {
		this.room = listener;
	}

	/** Those in hand just now. */
	Set<BuildId> builds() {
		return Set.copyOf(this.builds);
	}

	/** How many more fit in. */
	int free() {
		return Math.max(0, MOST - this.builds.size());
	}

	/**
	 * Says whether there would be work for more hands: only then is room worth a word.
	 */
	void moreWait(boolean more) {
		this.moreWait = more;
		tellOfRoomIfWanted();
	}

	/**
	 * Says that the hands at work hold all the room that the engine has: whether more
	 * could begin is known when one of them is free.
	 * @param hands how many were at work when the room was counted
	 */
	void holdAllRoom(int hands) {
		this.moreWait = hands > 0;
		if (this.builds.size() < hands) {
			tellOfRoom();
		}
	}

	/** Half of what fits in goes on while the next turns are given. */
	private void tellOfRoomIfWanted() {
		if (this.moreWait && this.builds.size() <= MOST / 2) {
			tellOfRoom();
		}
	}

	/** Has a thread do work for a build, unless one has it in hand. */
	void take(BuildId build, Runnable work) {
		if (!this.builds.add(build)) {
			return;
		}
		try {
			this.executor.execute(() -> {
				try {
					work.run();
				}
				finally {
					this.builds.remove(build);
					tellOfRoomIfWanted();
				}
			});
		}
		catch (RejectedExecutionException ex) {
			this.builds.remove(build);
		}
	}

	void tellOfRoom() {
		this.room.run();
	}

}
