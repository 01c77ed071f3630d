package dev.imagefactory.access;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What was asked under which key, so that the same request sent twice is one request.
 * <p>
 * The row is stored before anything is done, with the id under which the work is done;
 * whoever finds it without an answer does the work again under that id, which must find
 * what was done already.
 */
public interface IdempotencyKeys {

	/**
	 * Takes a key, or finds what was asked under it; commits by itself.
	 * @param key whose key it is
	 * @param bodySha256 the body's SHA-256, 64 hexadecimal digits
	 * @param request the id to work under when the key is new
	 * @param at now
	 * @return what is stored under the key now
	 */
	Asked take(Key key, String bodySha256, String request, Instant at);

	/**
	 * Stores the answer unless there is one.
	 * @param key whose key it is
	 * @param answer the answer
	 * @return the answer that is stored now, which is the first one
	 */
	Answer answer(Key key, Answer answer);

	/**
	 * Forgets keys that were taken long ago; asked again, they count as new.
	 * @param before keys taken before this time
	 * @param limit the most to forget in one go
	 * @return how many were forgotten
	 */
	int forget(Instant before, int limit);

	/**
	 * A key; every actor has keys of their own.
	 *
	 * @param actor who asks
	 * @param text the {@code Idempotency-Key} header, at most 255 characters
	 */
	record Key(String actor, String text) {
	}

	/**
	 * What was asked under a key.
	 *
	 * @param bodySha256 the first body's SHA-256
	 * @param request the id to work under
	 * @param answer the answer, once there is one
	 */
	record Asked(String bodySha256, String request, @Nullable Answer answer) {
	}

	/**
	 * An answer to give again.
	 *
	 * @param body the body's text
	 * @param location the Location header
	 */
	record Answer(String body, String location) {
	}

}
