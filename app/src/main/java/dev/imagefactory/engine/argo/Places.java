package dev.imagefactory.engine.argo;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.pipeline.BuildId;

/** In which namespace each run was seen last; forgetting it costs a few questions. */
final class Places {

	/** Runs that were asked for by name and never listed would stay for ever. */
	private static final int MOST = 20_000;

	private final Sites sites;

	private final Map<BuildId, String> seen = new ConcurrentHashMap<>();

	Places(Sites sites) {
		this.sites = sites;
	}

	void remember(BuildId build, String namespace) {
		if (this.seen.size() < MOST) {
			this.seen.put(build, namespace);
		}
	}

	/**
	 * Takes what a list has shown; what it has not shown is forgotten once there is too
	 * much of it.
	 */
	void seen(Map<BuildId, String> listed) {
		if (this.seen.size() + listed.size() > MOST / 2) {
			this.seen.keySet().retainAll(listed.keySet());
		}
		listed.forEach(this::remember);
	}

	/**
	 * Where to look for a run.
	 * @param build the build whose run it is
	 * @return the namespaces of all teams, the likeliest first
	 */
	Set<String> of(BuildId build) {
		Set<String> order = new LinkedHashSet<>();
		String last = this.seen.get(build);
		if (last != null) {
			order.add(last);
		}
		order.addAll(this.sites.namespaces());
		return order;
	}

}
