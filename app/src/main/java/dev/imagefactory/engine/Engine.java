package dev.imagefactory.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;

/** What runs builds; every call may be repeated without harm. */
public interface Engine {

	/**
	 * The engine's name in settings and answers.
	 * @return {@code local} or {@code argo}
	 */
	String name();

	/**
	 * Where the engine would have a run of a team now.
	 * @param team the team
	 * @return the place's name; empty when there is only one place, and when the settings
	 * have no such team
	 */
	default Optional<String> place(TeamName team) {
		return Optional.empty();
	}

	/**
	 * Starts a run under its build's name, or finds it started already.
	 * @param run what to run
	 * @return what became of the request
	 * @throws PlaceClosed when nothing can be begun where the run goes, for now
	 * @throws EngineUnavailable when the outcome is unknown
	 */
	Submission submit(Run run);

	/**
	 * How many more runs it could begin soon, here and now; what it is given beyond that
	 * only waits.
	 * @return 0 when it has enough to do
	 */
	int room();

	/**
	 * Looks for a run by name.
	 * @param build the build whose run it is
	 * @return empty when the engine says that it has no such run
	 * @throws EngineUnavailable when it did not answer
	 */
	Optional<RunStatus> find(BuildId build);

	/**
	 * Looks for a run of a team by name. Who knows whose run it is need not wait for
	 * places of other teams in which the engine may not look.
	 * @param build the build whose run it is
	 * @param team the team that it was ordered for
	 * @return empty when the engine says that it has no such run
	 * @throws PlaceClosed when it may not look where the run goes
	 * @throws EngineUnavailable when it did not answer
	 */
	default Optional<RunStatus> find(BuildId build, TeamName team) {
		return find(build);
	}

	/**
	 * Looks for the end of a run that {@link #find} does not know any more, where ended
	 * runs are kept.
	 * @param build the build whose run it is
	 * @return how it ended; empty when that is not kept, and when nobody could say
	 */
	default Optional<RunStatus> archived(BuildId build) {
		return Optional.empty();
	}

	/**
	 * Reads what the engine itself keeps of a run that this installation handed over: the
	 * way back when the build is not known here, because the database is older than the
	 * run.
	 * @param build the build whose run it is
	 * @return the run as it was handed over; empty when there is none, when it is not
	 * marked as this installation's, and when its record cannot be read
	 * @throws EngineUnavailable when it did not answer
	 */
	Optional<Run> kept(BuildId build);

	/**
	 * Lists every run that was not released, as far as it can be seen: who misses one
	 * asks for it by name.
	 * @return their present status
	 * @throws EngineUnavailable when it did not answer
	 */
	List<RunStatus> list();

	/**
	 * How often {@link #list()} is worth its price, when nothing else makes somebody
	 * look.
	 * @return the time between two lists
	 */
	default Duration listEvery() {
		return Duration.ofSeconds(1);
	}

	/**
	 * Asks a run to stop; its end is seen in its status later. Unknown runs are ignored.
	 * @param build the build whose run it is
	 * @throws EngineUnavailable when the outcome is unknown
	 */
	void stop(BuildId build);

	/**
	 * Says that the run's end is stored, so that the engine may clean up after it.
	 * @param build the build whose run it is
	 * @throws EngineUnavailable when the outcome is unknown
	 */
	void release(BuildId build);

	/**
	 * Registers who wants a hint when a run may have changed. Hints may be lost or
	 * doubled; {@link #list()} is the truth.
	 * @param listener called with the build's id, on any thread, and must return at once
	 */
	void onChange(Consumer<BuildId> listener);

}
