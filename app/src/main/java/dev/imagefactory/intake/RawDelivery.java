package dev.imagefactory.intake;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/** A webhook request as it came in, of which nothing is believed yet. */
public final class RawDelivery {

	private final Map<String, List<String>> headers;

	private final byte[] body;

	/**
	 * Creates a raw delivery.
	 * @param headers every header with all of its values; names in any case
	 * @param body the whole raw body, which nobody changes any more
	 */
	public RawDelivery(Map<String, List<String>> headers, byte[] body) {
		TreeMap<String, List<String>> ordered = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		ordered.putAll(headers);
		this.headers = Collections.unmodifiableMap(ordered);
		this.body = body;
	}

	/**
	 * Reads all values of a header.
	 * @param name the header, in any case
	 * @return its values; empty when it was not sent
	 */
	List<String> header(String name) {
		return this.headers.getOrDefault(name, List.of());
	}

	/**
	 * Reads a header that has to be sent exactly once.
	 * @param name the header, in any case
	 * @return null when it was not sent, or more than once
	 */
	@Nullable String single(String name) {
		List<String> values = header(name);
		return (values.size() == 1) ? values.get(0) : null;
	}

	/**
	 * The raw body, not to be changed.
	 * @return the bytes that were sent
	 */
	byte[] body() {
		return this.body;
	}

}
