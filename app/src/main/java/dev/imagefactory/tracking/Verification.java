package dev.imagefactory.tracking;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.publication.Pointing;
import dev.imagefactory.publication.Publication;
import dev.imagefactory.publication.TagLook;

/**
 * Asks the registry about a build whose run is over, and says what its answer means for
 * the build. A push that ended halfway is made whole where only floating tags are
 * missing. A build that somebody else changed meanwhile may have lost its tags to
 * another: that ends in {@link BuildChanged}.
 */
class Verification {

	private final Builds builds;

	private final Publication publication;

	private final Duration apart;

	private final Clock clock;

	private final Refusals refusals = new Refusals();

	Verification(Builds builds, Publication publication, Duration apart, Clock clock) {
		this.builds = builds;
		this.publication = publication;
		this.apart = apart;
		this.clock = clock;
	}

	/**
	 * Asks the registry.
	 * @param build the build
	 * @param verifying its state
	 * @return what happened to the build; empty when that is not known yet
	 * @throws BuildChanged when somebody else was quicker
	 */
	Optional<BuildEvent> of(Build build, BuildState.Verifying verifying) {
		return switch (this.publication.check(build, verifying.digest())) {
			case Publication.Finding.Confirmed confirmed when confirmed.astray().isEmpty() ->
				Optional.of(new BuildEvent.DigestConfirmed(confirmed.digest(), confirmed.scan()));
			case Publication.Finding.Confirmed confirmed -> complete(build, verifying, confirmed);
			case Publication.Finding.Missing missing -> denied(build, verifying);
			case Publication.Finding.Silent silent -> unanswered(build, silent.detail());
		};
	}

	/** How often the registry has refused is forgotten for all but these. */
	void keepOnly(Collection<BuildId> verifying) {
		this.refusals.keepOnly(verifying);
	}

	/**
	 * The build holds its tags, so that they point elsewhere is nobody's decision. Of an
	 * adopted image the tags are not held, and later builds may have moved them.
	 */
	private Optional<BuildEvent> complete(Build build, BuildState.Verifying verifying,
			Publication.Finding.Confirmed confirmed) {
		if (verifying.adopted()) {
			return without(confirmed, "The earlier build that made the image did not leave them pointing at it.");
		}
		if (build.cancel() != null) {
			return without(confirmed, "The build was cancelled before they were moved.");
		}
		return switch (this.publication.point(build, confirmed.digest(), confirmed.astray())) {
			case Pointing.Done done ->
				Optional.of(new BuildEvent.DigestConfirmed(confirmed.digest(), confirmed.scan()));
			case Pointing.Silent silent -> unanswered(build, silent.detail());
			case Pointing.Refused refused when this.refusals.isLasting(build.id(), this.clock.instant()) ->
				without(confirmed, refused.detail());
			case Pointing.Refused refused -> silent(refused.detail());
		};
	}

	/** How long the registry is silent says nothing about what it would refuse. */
	private Optional<BuildEvent> unanswered(Build build, String detail) {
		this.refusals.forget(build.id());
		return silent(detail);
	}

	private static Optional<BuildEvent> without(Publication.Finding.Confirmed confirmed, String why) {
		return Optional.of(new BuildEvent.DigestConfirmed(confirmed.digest(), confirmed.scan(),
				new BuildEvent.TagsLeft(confirmed.astray(), why)));
	}

	private Optional<BuildEvent> denied(Build build, BuildState.Verifying verifying) {
		return switch (this.publication.ofEarlierAttempt(build)) {
			case TagLook.Own own -> Optional.of(new BuildEvent.FoundPublished(own.image()));
			case TagLook.Silent silent -> silent(silent.detail());
			case TagLook.Free free -> missing(build, verifying);
			case TagLook.Foreign foreign -> missing(build, verifying);
		};
	}

	/**
	 * Two denials in a row are one look: the second counts only when some time lies
	 * between them, whoever asked first.
	 */
	private Optional<BuildEvent> missing(Build build, BuildState.Verifying verifying) {
		Instant last = this.builds.history(build.id()).getLast().at();
		boolean counts = verifying.misses() == 0 || !this.clock.instant().isBefore(last.plus(this.apart));
		return counts ? Optional.of(new BuildEvent.DigestMissing()) : Optional.empty();
	}

	/** Being stopped while asking says nothing about the registry. */
	private static Optional<BuildEvent> silent(String detail) {
		return Thread.currentThread().isInterrupted() ? Optional.empty()
				: Optional.of(new BuildEvent.RegistrySilent(detail));
	}

}
