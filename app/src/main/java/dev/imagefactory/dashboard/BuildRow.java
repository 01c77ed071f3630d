package dev.imagefactory.dashboard;

import java.time.Instant;

import dev.imagefactory.build.Build;
import dev.imagefactory.pipeline.OrderKey;
import org.jspecify.annotations.Nullable;

/**
 * A build as a line of the list.
 *
 * @param id its id
 * @param tone how its state looks
 * @param state its state as a word
 * @param repository its repository
 * @param ref its ref as people say it
 * @param trigger what made somebody want it
 * @param commit the first digits
 * @param image its image, with the first tag once it has one
 * @param why why it did not become an image or has to wait, if so
 * @param age how old it is
 * @param createdAt when it was made
 * @param span how long it took or has taken
 */
record BuildRow(String id, String tone, String state, String repository, String ref, String trigger, String commit,
		String image, @Nullable String why, String age, String createdAt, String span) {

	static BuildRow of(Build build, Instant now) {
		OrderKey key = build.order().key();
		Build.Times times = build.times();
		return new BuildRow(build.id().value(), Look.tone(build.state().name()), Look.word(build.state().name()),
				build.order().repository().toString(), Look.ref(key), key.trigger().wireName(), key.commit().sha12(),
				Look.image(build), Look.why(build), Spoken.ago(times.createdAt(), now), Spoken.exact(times.createdAt()),
				Spoken.span(times.startedAt(), times.finishedAt(), now));
	}

}
