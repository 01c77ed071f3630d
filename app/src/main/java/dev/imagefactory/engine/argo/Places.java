package dev.imagefactory.engine.argo;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.imagefactory.onboarding.TeamName;
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
	 * Where a run was seen last.
	 * @param build the build whose run it is
	 * @return that namespace; none when this process has not seen it
	 */
	Set<String> last(BuildId build) {
		String last = this.seen.get(build);
		return (last != null) ? Set.of(last) : Set.of();
	}

	/**
	 * The runs that were seen last in some namespaces.
	 * @param namespaces the namespaces
	 * @return their builds
	 */
	Set<BuildId> in(Set<String> namespaces) {
		return namespaces.isEmpty() ? Set.of()
				: this.seen.entrySet()
					.stream()
					.filter((entry) -> namespaces.contains(entry.getValue()))
					.map(Map.Entry::getKey)
					.collect(Collectors.toSet());
	}

	/**
	 * Where a run of a team has to be, if it is anywhere.
	 * @param build the build whose run it is
	 * @param team the team
	 * @return the namespaces; none when the settings have no such team any more
	 */
	Set<String> likely(BuildId build, TeamName team) {
		Set<String> likely = new LinkedHashSet<>();
		this.sites.of(team).ifPresent((site) -> {
			likely.addAll(last(build));
			likely.add(site.team().argo().namespace());
		});
		return likely;
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
