package dev.imagefactory.engine.argo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A list of all runs while it is put together, one namespace after the other. */
final class Listing {

	private static final Logger logger = LoggerFactory.getLogger(Listing.class);

	/** When so many namespaces said nothing at all, it is the server that is silent. */
	private static final int MOST_SILENCES = 2;

	private final List<RunStatus> statuses = new ArrayList<>();

	private final Map<BuildId, String> places = new HashMap<>();

	private final Map<String, EngineUnavailable> failures = new LinkedHashMap<>();

	private final Set<String> heard = new HashSet<>();

	private final Set<String> holding = new HashSet<>();

	/** Those that did not answer at the last list, either. */
	private final Set<String> unheardBefore;

	Listing(Set<String> unheardBefore) {
		this.unheardBefore = unheardBefore;
	}

	/**
	 * Adds the runs of a namespace, unless too many were asked in vain already: each may
	 * take half a minute to say nothing.
	 * @param namespace the namespace
	 * @param runs asks for its runs
	 */
	void add(String namespace, Supplier<List<RunStatus>> runs) {
		List<EngineUnavailable> silences = this.failures.values()
			.stream()
			.filter(OutcomeUnknown.class::isInstance)
			.toList();
		if (silences.size() >= MOST_SILENCES) {
			this.failures.put(namespace, silences.getFirst());
			return;
		}
		try {
			List<RunStatus> answer = runs.get();
			this.statuses.addAll(answer);
			answer.forEach((status) -> this.places.putIfAbsent(status.build(), namespace));
			this.heard.add(namespace);
		}
		catch (EngineUnavailable ex) {
			this.failures.put(namespace, ex);
		}
	}

	/**
	 * What was listed; what was not is told in the log, once until it is listed again.
	 * @return the runs
	 * @throws EngineUnavailable when no namespace answered
	 */
	List<RunStatus> statuses() {
		if (this.heard.isEmpty() && !this.failures.isEmpty()) {
			throw this.failures.values().iterator().next();
		}
		tell();
		return this.statuses;
	}

	private void tell() {
		this.failures.entrySet()
			.stream()
			.filter((failure) -> !this.unheardBefore.contains(failure.getKey()))
			.map(Map.Entry::getValue)
			.distinct()
			.forEach((failure) -> logger.warn("The runs of a namespace are not known until it can be listed again: {}",
					failure.getMessage()));
		this.unheardBefore.stream()
			.filter(this.heard::contains)
			.forEach((namespace) -> logger.info("The runs of the namespace {} are known again", namespace));
	}

	/** Takes that a namespace holds a run, whatever can be understood of it. */
	void holds(String namespace) {
		this.holding.add(namespace);
	}

	/** The namespaces that hold runs. */
	Set<String> holding() {
		return this.holding;
	}

	/** The namespaces that answered, and hold none. */
	Set<String> empty() {
		Set<String> empty = new HashSet<>(this.heard);
		empty.removeAll(this.holding);
		return empty;
	}

	/** In which namespace each run was. */
	Map<BuildId, String> places() {
		return this.places;
	}

	/** The namespaces that did not answer. */
	Set<String> unheard() {
		return this.failures.keySet();
	}

}
