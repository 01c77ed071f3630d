package dev.imagefactory.engine;

import java.net.URI;
import java.util.Collection;
import java.util.Optional;

import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

/** Where people see a run with the engine's own means; the engine is not asked. */
@FunctionalInterface
public interface RunPages {

	/**
	 * The address of a run's page.
	 * @param engine the name of the engine that has it; null when none has yet
	 * @param build the build whose run it is
	 * @param team the build's team
	 * @return empty when the engine is another, and when neither the claim nor the
	 * settings say where the run is
	 */
	Optional<URI> page(@Nullable String engine, BuildId build, TeamName team);

	/**
	 * The same for a list, whose places are found together.
	 * @param builds the builds whose runs are asked about
	 * @return their pages
	 */
	default RunPages together(Collection<BuildId> builds) {
		return this;
	}

	/**
	 * Where there are no such means.
	 * @return no page of any run
	 */
	static RunPages none() {
		return (engine, build, team) -> Optional.empty();
	}

}
