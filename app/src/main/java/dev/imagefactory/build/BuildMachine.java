package dev.imagefactory.build;

import java.time.Instant;
import java.util.Optional;

import dev.imagefactory.build.Build.CancelRequest;
import dev.imagefactory.build.Build.Product;
import dev.imagefactory.build.Build.Times;
import dev.imagefactory.build.BuildState.Verifying;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a build: given where it is and what happened, where it is next.
 * Pure. Decisions that do not fit are refused; facts about a run may come late, twice or
 * out of order and then change nothing; an end state is never left.
 */
public final class BuildMachine {

	/** So often must the registry deny an image before we believe it. */
	private static final int MISSES = 2;

	private static final String CANCEL_ASKED = "cancel-asked";

	private static final String TAGS_LEFT = "tags-left";

	private static final String RUN_TRIED = "run-tried";

	private static final String RUN_TAKEN = "run-taken";

	private BuildMachine() {
	}

	/**
	 * Applies one event.
	 * @param build the build as stored
	 * @param event what happened
	 * @param at when
	 * @return the change, or empty when the event changes nothing
	 * @throws IllegalTransition when a decision does not fit the state
	 */
	public static Optional<Transition> apply(Build build, BuildEvent event, Instant at) {
		return switch (event) {
			case BuildEvent.Claimed claimed -> Optional.of(claim(queued(build, event), claimed, at));
			case BuildEvent.FoundPublished found -> adopt(build, found, at);
			case BuildEvent.TagRefused refused ->
				Optional.of(enter(queued(build, event), new BuildState.Failed("tag-taken", refused.detail()), at));
			case BuildEvent.SupersededBy newer -> Optional.of(enter(queued(build, event),
					new BuildState.Superseded("Build %s of the same image is newer.".formatted(newer.by())), at));
			case BuildEvent.NothingLeft nothing ->
				Optional.of(enter(queued(build, event), new BuildState.Superseded(nothing.detail()), at));
			case BuildEvent.CancelAsked asked -> cancel(build, asked.by(), at);
			case BuildEvent.RunRefused refused -> runRefused(build, refused, at);
			case BuildEvent.RunPutOff off ->
				submitting(build).flatMap((now) -> now.because(off.putOff())).map((next) -> enter(build, next, at));
			case BuildEvent.RunTried tried -> submitting(build).flatMap(BuildState.Submitting::tried)
				.flatMap((next) -> noted(build.withState(next, build.times()), RUN_TRIED, at, HistoryEntry.SYSTEM));
			case BuildEvent.RunTaken taken -> submitting(build).flatMap(BuildState.Submitting::taken)
				.flatMap((next) -> noted(build.withState(next, build.times()), RUN_TAKEN, at, HistoryEntry.SYSTEM));
			case BuildEvent.RunWaits waits ->
				runSeen(build, new BuildState.Waiting(waits.reason(), waits.detail()), at);
			case BuildEvent.RunWorks works -> runSeen(build, new BuildState.Running(works.step()), at);
			case BuildEvent.RunEnded ended -> runEnded(build, ended, at);
			case BuildEvent.RunMissed missed -> runMissed(build, at);
			case BuildEvent.DigestConfirmed confirmed -> confirmed(build, confirmed, at);
			case BuildEvent.DigestMissing missing -> missing(build, at);
			case BuildEvent.RegistrySilent silent -> silent(build, silent.detail(), at);
		};
	}

	private static Build queued(Build build, BuildEvent event) {
		if (!(build.state() instanceof BuildState.Queued)) {
			throw new IllegalTransition(build, event);
		}
		return build;
	}

	private static Transition claim(Build build, BuildEvent.Claimed claimed, Instant at) {
		Times begun = new Times(build.times().createdAt(), at, null);
		Build next = build.withClaim(claimed.tags(), claimed.engine()).withState(new BuildState.Submitting(), begun);
		return (claimed.without() == null) ? changed(build, next, at, HistoryEntry.SYSTEM)
				: new Transition(next, tagsLeft(build, next, claimed.without(), at));
	}

	private static HistoryEntry tagsLeft(Build before, Build after, String sentence, Instant at) {
		return new HistoryEntry(at, before.state().name(), after.state().name(), TAGS_LEFT, sentence,
				HistoryEntry.SYSTEM);
	}

	private static Optional<Transition> adopt(Build build, BuildEvent.FoundPublished found, Instant at) {
		Digest digest = found.image().digest();
		ScanSummary scan = found.image().scan();
		Build scanned = build.withImage(new Product(null, false, scan));
		if (build.state() instanceof Verifying verifying) {
			BuildState adopting = verifying.adopting(digest);
			return build.state().equals(adopting) ? Optional.empty() : Optional.of(enter(build, scanned, adopting, at));
		}
		RunResult result = new RunResult.Succeeded(digest, scan);
		return Optional.of(enter(queued(build, found), scanned, new Verifying(result, digest, 0, null, true), at));
	}

	private static Optional<Transition> cancel(Build build, String by, Instant at) {
		if (build.cancel() != null) {
			return Optional.empty();
		}
		Build asked = build.withCancel(new CancelRequest(at, by));
		return switch (build.state()) {
			case BuildState.Queued queued -> {
				BuildState end = new BuildState.Cancelled("It was still queued.");
				yield Optional.of(changed(build, asked.withState(end, ended(build, at)), at, by));
			}
			case BuildState.Submitting submitting -> noted(asked, CANCEL_ASKED, at, by);
			case BuildState.Waiting waiting -> noted(asked, CANCEL_ASKED, at, by);
			case BuildState.Running running -> noted(asked, CANCEL_ASKED, at, by);
			case Verifying verifying -> noted(asked, CANCEL_ASKED, at, by);
			case BuildState.End end -> Optional.empty();
		};
	}

	private static Optional<BuildState.Submitting> submitting(Build build) {
		return (build.state() instanceof BuildState.Submitting now) ? Optional.of(now) : Optional.empty();
	}

	private static Optional<Transition> runSeen(Build build, BuildState seen, Instant at) {
		return switch (build.state()) {
			case BuildState.Submitting submitting -> Optional.of(enter(build, seen, at));
			case BuildState.Waiting waiting -> seenAgain(build, seen, at);
			case BuildState.Running running -> seenAgain(build, seen, at);
			case BuildState.Queued queued -> Optional.empty();
			case Verifying verifying -> Optional.empty();
			case BuildState.End end -> Optional.empty();
		};
	}

	private static Optional<Transition> seenAgain(Build build, BuildState seen, Instant at) {
		Build found = build.missedSince(null);
		if (!build.state().equals(seen)) {
			return Optional.of(enter(build, found, seen, at));
		}
		return found.equals(build) ? Optional.empty() : noted(found, "run-found", at, HistoryEntry.SYSTEM);
	}

	/** The first time only: how long it has been missing is what counts. */
	private static Optional<Transition> runMissed(Build build, Instant at) {
		return switch (build.state()) {
			case BuildState.Waiting waiting -> missedFirst(build, at);
			case BuildState.Running running -> missedFirst(build, at);
			case BuildState.Queued queued -> Optional.empty();
			case BuildState.Submitting submitting -> Optional.empty();
			case Verifying verifying -> Optional.empty();
			case BuildState.End end -> Optional.empty();
		};
	}

	private static Optional<Transition> missedFirst(Build build, Instant at) {
		return (build.times().missedAt() != null) ? Optional.empty()
				: noted(build.missedSince(at), "run-missed", at, HistoryEntry.SYSTEM);
	}

	/**
	 * Once the engine was seen to have the run, a refusal only answers a repeated try.
	 */
	private static Optional<Transition> runRefused(Build build, BuildEvent.RunRefused refused, Instant at) {
		return (build.state() instanceof BuildState.Submitting)
				? runEnded(build, new BuildEvent.RunEnded(refused.result(), null, refused.earlier()), at)
				: Optional.empty();
	}

	private static Optional<Transition> runEnded(Build build, BuildEvent.RunEnded ended, Instant at) {
		return switch (build.state()) {
			case BuildState.Submitting submitting -> Optional.of(runOver(build, ended, at));
			case BuildState.Waiting waiting -> Optional.of(runOver(build, ended, at));
			case BuildState.Running running -> Optional.of(runOver(build, ended, at));
			case BuildState.Queued queued -> Optional.empty();
			case Verifying verifying -> Optional.empty();
			case BuildState.End end -> Optional.empty();
		};
	}

	/**
	 * A run that may have pushed is verified, whatever it says of itself. One that the
	 * gate stopped has pushed nothing, and must never turn green. An error of ours is
	 * looked through too when an earlier attempt may have published meanwhile.
	 */
	private static Transition runOver(Build build, BuildEvent.RunEnded ended, Instant at) {
		RunResult result = ended.result();
		Build scanned = withScan(build, result);
		Digest pushed = pushed(build, ended);
		boolean vanished = result instanceof RunResult.Vanished;
		boolean mayAdopt = result instanceof RunResult.Errored && ended.earlier();
		BuildState next = ((pushed != null || vanished || mayAdopt) && !(result instanceof RunResult.Rejected))
				? new Verifying(result, pushed, 0, null, false) : endOf(result);
		return enter(build, scanned, next, at);
	}

	/** A re-tag never pushes another image than the one it was ordered for. */
	private static @Nullable Digest pushed(Build build, BuildEvent.RunEnded ended) {
		Digest pushed = (ended.result() instanceof RunResult.Succeeded succeeded) ? succeeded.digest() : ended.digest();
		boolean unknown = ended.result() instanceof RunResult.Vanished;
		Digest retagged = build.order().recipe().digest();
		return (retagged != null && (pushed != null || unknown)) ? retagged : pushed;
	}

	private static Optional<Transition> confirmed(Build build, BuildEvent.DigestConfirmed confirmed, Instant at) {
		Product product = build.image();
		Digest digest = confirmed.digest();
		ScanSummary scan = (product.scan() != null) ? product.scan() : confirmed.scan();
		return switch (build.state()) {
			case Verifying verifying when verifying.expects(digest) -> {
				Build next = build.withImage(new Product(digest, verifying.adopted(), scan));
				yield Optional.of(succeed(build, next, confirmed, at));
			}
			// Another image under our tags is not ours: that ours is missing is all it
			// says.
			case Verifying verifying -> missing(build, at);
			case BuildState.End end -> (product.digest() != null) ? Optional.empty()
					: noted(build.withImage(new Product(digest, product.adopted(), scan)), "digest-recorded", at,
							HistoryEntry.SYSTEM);
			case BuildState.Queued queued -> Optional.empty();
			case BuildState.Submitting submitting -> Optional.empty();
			case BuildState.Waiting waiting -> Optional.empty();
			case BuildState.Running running -> Optional.empty();
		};
	}

	/** Its tags are from now on those that point at the image. */
	private static Transition succeed(Build before, Build with, BuildEvent.DigestConfirmed confirmed, Instant at) {
		BuildEvent.TagsLeft left = confirmed.left();
		BuildState succeeded = new BuildState.Succeeded(confirmed.digest());
		if (left == null) {
			return enter(before, with, succeeded, at);
		}
		Build after = enter(before, with.without(left.tags()), succeeded, at).build();
		return new Transition(after, tagsLeft(before, after, left.sentence(), at));
	}

	private static Optional<Transition> missing(Build build, Instant at) {
		if (!(build.state() instanceof Verifying verifying)) {
			return Optional.empty();
		}
		Verifying denied = verifying.denied();
		return Optional.of(enter(build, (denied.misses() < MISSES) ? denied : endOf(verifying.result()), at));
	}

	private static Optional<Transition> silent(Build build, String detail, Instant at) {
		if (!(build.state() instanceof Verifying verifying)) {
			return Optional.empty();
		}
		if (build.cancel() != null) {
			return Optional
				.of(enter(build, new BuildState.Cancelled("The registry could not be asked: " + detail), at));
		}
		BuildState troubled = verifying.troubled(detail);
		return build.state().equals(troubled) ? Optional.empty() : Optional.of(enter(build, troubled, at));
	}

	/** The end that a run's own result asks for when the registry has nothing of it. */
	private static BuildState endOf(RunResult result) {
		return switch (result) {
			case RunResult.Succeeded succeeded -> new BuildState.Errored("image-missing",
					"%s was reported as pushed, but the registry does not hold it under the build's tags. Rerun the build; if it happens again, look at what else writes to the registry."
						.formatted(succeeded.digest()));
			case RunResult.Rejected rejected -> new BuildState.Rejected(rejected.scan().rejection());
			case RunResult.Failed failed -> new BuildState.Failed(failed.reason(), failed.detail());
			case RunResult.Errored errored -> new BuildState.Errored(errored.reason(), errored.detail());
			case RunResult.TimedOut timedOut -> new BuildState.TimedOut(timedOut.detail());
			case RunResult.Stopped stopped -> new BuildState.Cancelled(stopped.detail());
			case RunResult.Vanished vanished -> new BuildState.Lost(vanished.detail());
		};
	}

	/** A re-tag scans nothing: its image was scanned when it was built. */
	private static Build withScan(Build build, RunResult result) {
		if (build.order().recipe().kind() == OrderKind.RETAG) {
			return build;
		}
		ScanSummary scan = switch (result) {
			case RunResult.Succeeded succeeded -> succeeded.scan();
			case RunResult.Rejected rejected -> rejected.scan();
			case RunResult.Failed failed -> null;
			case RunResult.Errored errored -> null;
			case RunResult.TimedOut timedOut -> null;
			case RunResult.Stopped stopped -> null;
			case RunResult.Vanished vanished -> null;
		};
		Product product = build.image();
		return (scan != null) ? build.withImage(new Product(product.digest(), product.adopted(), scan)) : build;
	}

	private static Transition enter(Build build, BuildState next, Instant at) {
		return enter(build, build, next, at);
	}

	private static Transition enter(Build before, Build with, BuildState next, Instant at) {
		Times times = next.name().isOpen() ? with.times() : ended(with, at);
		return changed(before, with.withState(next, times), at, HistoryEntry.SYSTEM);
	}

	private static Times ended(Build build, Instant at) {
		return new Times(build.times().createdAt(), build.times().startedAt(), at);
	}

	private static Optional<Transition> noted(Build build, String note, Instant at, String by) {
		return Optional.of(new Transition(build, HistoryEntry.of(build, build, note, at, by)));
	}

	private static Transition changed(Build before, Build after, Instant at, String by) {
		return new Transition(after, HistoryEntry.of(before, after, after.state().why().orElse(null), at, by));
	}

}
