package dev.imagefactory.build;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.ScannedImage;
import org.jspecify.annotations.Nullable;

/**
 * The stored builds. Methods that change something join the caller's transaction, or make
 * one of their own.
 */
public interface Builds {

	/**
	 * Stores a new build with the first line of its history.
	 * @param build a queued build
	 * @throws OrderBusy when its order has an open build, or this attempt, already
	 */
	void add(Build build);

	/**
	 * Stores a change with its line of history. An end state gives the build's tags back.
	 * The steps are left as they are: they are facts of another pace, see
	 * {@link #storeSteps}.
	 * @param transition the change of a build as it was read
	 * @throws BuildChanged when somebody else changed the build since it was read
	 */
	void store(Transition transition);

	/**
	 * Stores that a queued build gives way to another one.
	 * @param transition the end of the build as it was read
	 * @param newer the other build
	 * @return false when the other build is not queued any more, so that nothing is
	 * stored
	 * @throws BuildChanged when somebody else changed the build since it was read
	 */
	boolean storeSuperseded(Transition transition, BuildId newer);

	/**
	 * Counts a queued build as changed, so that what somebody has decided about it so far
	 * is not stored any more and is decided anew.
	 * @param id the build
	 * @return false when it is not queued any more
	 */
	boolean recall(BuildId id);

	/**
	 * Stores a claim: the change and the run, so that every later attempt to submit sends
	 * the same.
	 * @param transition the change of a build as it was read
	 * @param run the run
	 * @throws BuildChanged when somebody else changed the build since it was read
	 */
	void storeClaim(Transition transition, Run run);

	/**
	 * Stores what the engine says of a build's steps.
	 * @param build the build with its steps
	 */
	void storeSteps(Build build);

	/**
	 * Stores what a build's run is about to push; idempotent. Once stored it stays,
	 * whatever becomes of the build.
	 * @param id the build
	 * @param image the image with its scan
	 * @param at when
	 */
	void storeScanned(BuildId id, ScannedImage image, Instant at);

	/**
	 * Lists what the attempts at an order were about to push.
	 * @param order the order
	 * @return each image with its attempt, the oldest first
	 */
	List<Attempted> scanned(OrderId order);

	/**
	 * Notes that the reaper stops the run of a build that is over, or that was deleted.
	 * @param id the build
	 * @param at when
	 * @return false when it was noted before, by any process
	 */
	boolean noteReaped(BuildId id, Instant at);

	/**
	 * Reads a build.
	 * @param id its id
	 * @return empty when there is none
	 */
	Optional<Build> find(BuildId id);

	/**
	 * Reads only in which state a build is: most who look at a build need no more.
	 * @param id the build
	 * @return empty when there is none
	 */
	Optional<StateName> state(BuildId id);

	/**
	 * Reads the run of a claimed build.
	 * @param id the build
	 * @return empty before the claim
	 */
	Optional<Run> run(BuildId id);

	/**
	 * Says where the runs of claimed builds were sent.
	 * @param ids the builds
	 * @return the places that were stored
	 */
	Map<BuildId, String> places(Collection<BuildId> ids);

	/**
	 * Says where the runs of all open builds were sent.
	 * @return the places that were stored
	 */
	Map<BuildId, String> openPlaces();

	/**
	 * Lists the open builds in some states, those whose turn comes first first.
	 * @param states open states
	 * @param limit the most to return
	 * @return the builds
	 */
	List<Build> open(Collection<StateName> states, int limit);

	/**
	 * Names the open builds in some states, which is much less work than to read them.
	 * @param states open states
	 * @param limit the most to return
	 * @return their ids, in the same order
	 */
	Set<BuildId> openIds(Collection<StateName> states, int limit);

	/**
	 * Lists the other queued pushes to a build's branch for the same image, those that
	 * came last first.
	 * @param build the build of a push
	 * @param limit the most to return
	 * @return builds that may make it pointless, or the other way round
	 */
	List<Build> queuedBeside(Build build, int limit);

	/**
	 * Lists builds, newest first.
	 * @param filter which ones
	 * @param before only builds older than this one; null for the newest
	 * @param limit the most to return
	 * @return the builds
	 */
	List<Build> list(BuildFilter filter, @Nullable BuildId before, int limit);

	/**
	 * Lists the attempts at an order, first attempt first.
	 * @param order the order
	 * @return its builds
	 */
	List<Build> ofOrder(OrderId order);

	/**
	 * Reads a build's history, oldest first.
	 * @param id the build
	 * @return its lines
	 */
	List<HistoryEntry> history(BuildId id);

	/**
	 * Notes why a queued build is not claimed, and that its repository does not owe it an
	 * answer just now.
	 * @param id the build
	 * @param reason a word in kebab case; null when it just waits for its turn
	 */
	void noteQueueReason(BuildId id, @Nullable String reason);

	/**
	 * Notes that a queued build is not claimed, because its repository once more did not
	 * say what its turn needs to know.
	 * @param id the build
	 * @param reason a word in kebab case
	 * @param at now
	 * @return for how long that has been so, this time included
	 */
	Unanswered noteUnanswered(BuildId id, String reason, Instant at);

	/**
	 * Notes why a queued build is not claimed, and leaves as it is for how long its
	 * repository has owed it an answer.
	 * @param id the build
	 * @param reason a word in kebab case
	 */
	void noteSilence(BuildId id, String reason);

	/**
	 * Says where a queued build stands.
	 * @param id the build
	 * @return empty when it is not queued
	 */
	Optional<QueuePlace> queuePlace(BuildId id);

	/**
	 * For how long a repository has left a build's questions without an answer.
	 *
	 * @param since when it did so first
	 * @param times how often it did since
	 */
	record Unanswered(Instant since, int times) {
	}

	/**
	 * Where a queued build stands.
	 *
	 * @param position from 1
	 * @param reason why it is not claimed yet
	 */
	record QueuePlace(int position, String reason) {
	}

}
