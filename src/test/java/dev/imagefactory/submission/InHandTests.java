package dev.imagefactory.submission;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.spine.Spine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the submitter asks to be woken, so that the next turns are given without a pause.
 */
class InHandTests {

	private final Deque<Runnable> hands = new ArrayDeque<>();

	private int wakes;

	private Submitter submitter(Spine spine) {
		Submitter submitter = spine.newSubmitter(this.hands::add);
		submitter.onRoom(() -> this.wakes++);
		return submitter;
	}

	/** A heartbeat that never pauses: it beats as long as somebody wakes it. */
	private int beatWhileWoken(Submitter submitter) {
		int beats = 0;
		do {
			this.wakes = 0;
			submitter.work();
			beats++;
			if (this.wakes == 0 && !this.hands.isEmpty()) {
				this.hands.removeFirst().run();
			}
		}
		while (this.wakes > 0 && beats < 100);
		return beats;
	}

	@EachDatabase
	void workWhenBuildsThatCannotGoFillTheEnginesRoomGoesOnToTheNextAtOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			for (int i = 1; i <= 10; i++) {
				spine.push("acme/r" + i, i, Spine.C1);
				spine.gone.add("acme/r" + i);
			}
			BuildId last = spine.push("acme/web", 20, Spine.C1);
			spine.engine.capacity = 2;
			int beats = beatWhileWoken(submitter(spine));
			assertThat(beats).isLessThan(40);
			assertThat(spine.state(last)).isEqualTo(StateName.SUBMITTING);
		}
	}

	@EachDatabase
	void workWhenTheEngineIsFullDoesNotWakeItself(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.push("acme/app", 1, Spine.C1);
			spine.push("acme/web", 2, Spine.C1);
			spine.engine.capacity = 1;
			Submitter submitter = submitter(spine);
			submitter.work();
			this.wakes = 0;
			submitter.work();
			assertThat(this.wakes).as("a hand is at work").isZero();
			this.hands.removeFirst().run();
			this.wakes = 0;
			submitter.work();
			assertThat(this.wakes).as("the engine is full").isZero();
		}
	}

}
