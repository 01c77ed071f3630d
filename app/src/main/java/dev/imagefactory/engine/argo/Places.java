package dev.imagefactory.engine.argo;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;

/**
 * In which namespace each run is: where it was sent, as its claim says. Of runs whose
 * claims say nothing, where they were seen last; forgetting that costs a few questions.
 */
final class Places {

	/** Runs that were asked for by name and never listed would stay for ever. */
	private static final int MOST = 20_000;

	private final Sites sites;

	private final KnownPlaces known;

	private final UsedPlaces used;

	private final Map<BuildId, String> seen = new ConcurrentHashMap<>();

	/** As it is stored, which never changes. */
	private final Map<BuildId, String> sent = new ConcurrentHashMap<>();

	/**
	 * Knows nothing yet.
	 * @param sites where runs go now
	 * @param known where runs were sent
	 * @param used where runs were lately
	 */
	Places(Sites sites, KnownPlaces known, UsedPlaces used) {
		this.sites = sites;
		this.known = known;
		this.used = used;
	}

	/**
	 * The namespaces in which runs may be: those of all teams, those that the settings
	 * named when the open builds were claimed, and those in which a run may have to be
	 * let go.
	 */
	Set<String> all() {
		Set<String> all = wanted();
		this.used.used(all);
		all.addAll(this.used.all());
		return all;
	}

	/** Where runs are sent, and where those went whose builds are open. */
	private Set<String> wanted() {
		Map<BuildId, String> open = this.known.ofOpen();
		if (this.sent.size() + open.size() > MOST / 2) {
			this.sent.keySet().retainAll(open.keySet());
		}
		this.sent.putAll(open);
		Set<String> wanted = new LinkedHashSet<>(this.sites.namespaces());
		open.values().stream().sorted().forEach(wanted::add);
		return wanted;
	}

	private Optional<String> sent(BuildId build) {
		Optional<String> place = Optional.ofNullable(this.sent.get(build)).or(() -> this.known.of(build));
		if (this.sent.size() < MOST) {
			place.ifPresent((namespace) -> this.sent.put(build, namespace));
		}
		return place;
	}

	/**
	 * Whether a Workflow with a run's name is not where the run was sent. Asks nobody.
	 * @param build the build whose run it would be
	 * @param namespace where the Workflow is
	 */
	boolean isElsewhere(BuildId build, String namespace) {
		return !namespace.equals(this.sent.getOrDefault(build, namespace));
	}

	void remember(BuildId build, String namespace) {
		if (this.seen.size() < MOST) {
			this.seen.put(build, namespace);
		}
	}

	/**
	 * Takes which namespaces a list has shown to hold runs of ours, and which to hold
	 * none.
	 */
	void looked(Set<String> holding, Set<String> empty) {
		this.used.used(holding);
		Set<String> named = this.sites.namespaces();
		List<String> unused = empty.stream().filter((namespace) -> !named.contains(namespace)).toList();
		this.used.unused(unused);
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
	 * Where a run was sent or, when that is not stored, seen last.
	 * @param build the build whose run it is
	 * @return that namespace; none when this process has not seen it
	 */
	Set<String> last(BuildId build) {
		return sent(build).or(() -> Optional.ofNullable(this.seen.get(build))).map(Set::of).orElse(Set.of());
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
		Optional<String> sent = sent(build);
		if (sent.isPresent()) {
			return Set.of(sent.get());
		}
		Set<String> likely = new LinkedHashSet<>();
		this.sites.of(team).ifPresent((site) -> {
			likely.addAll(last(build));
			likely.add(site.team().argo().namespace());
		});
		return likely;
	}

	/**
	 * Where people look for a run.
	 * @param build the build whose run it is
	 * @param team whose it is
	 * @return where it was sent; when that is not stored, where the team's runs go
	 */
	Optional<String> home(BuildId build, TeamName team) {
		return sent(build).or(() -> ofTeam(team));
	}

	private Optional<String> ofTeam(TeamName team) {
		return this.sites.of(team).map((site) -> site.team().argo().namespace());
	}

	/**
	 * Where people look for the runs of a list, found together.
	 * @param builds the builds whose runs they are
	 * @return answers as {@link #home} does
	 */
	BiFunction<BuildId, TeamName, Optional<String>> homes(Collection<BuildId> builds) {
		Map<BuildId, String> stored = this.known.of(builds);
		return (build, team) -> Optional.ofNullable(stored.get(build)).or(() -> ofTeam(team));
	}

	/**
	 * Where to look for a run.
	 * @param build the build whose run it is
	 * @return where it was sent; when that is not stored, the namespaces of all teams,
	 * the likeliest first
	 */
	Set<String> of(BuildId build) {
		Optional<String> sent = sent(build);
		if (sent.isPresent()) {
			return Set.of(sent.get());
		}
		Set<String> order = new LinkedHashSet<>();
		String last = this.seen.get(build);
		if (last != null) {
			order.add(last);
		}
		order.addAll(this.sites.namespaces());
		return order;
	}

}
