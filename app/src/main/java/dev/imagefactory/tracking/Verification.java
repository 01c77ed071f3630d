package dev.imagefactory.tracking;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.publication.Publication;
import dev.imagefactory.publication.TagLook;

/**
 * Asks the registry about a build whose run is over, and says what its answer means for
 * the build. A push that ended halfway is made whole where only floating tags are
 * missing. A build that somebody else changed meanwhile may have lost its tags to
 * another: that ends in {@link BuildChanged}.
 */
class Verification {

	/** So long a tag that the registry does not take is tried again. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Builds builds;

	private final Publication publication;

	private final Duration apart;

	private final Clock clock;

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
			case Publication.Finding.Silent silent -> silent(silent.detail());
		};
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
		Optional<String> trouble = this.publication.point(build, confirmed.digest(), confirmed.astray());
		if (trouble.isEmpty()) {
			return Optional.of(new BuildEvent.DigestConfirmed(confirmed.digest(), confirmed.scan()));
		}
		boolean patient = this.clock.instant().isBefore(since(build).plus(PATIENCE));
		return (patient || Thread.currentThread().isInterrupted()) ? silent(trouble.get())
				: without(confirmed, trouble.get());
	}

	private static Optional<BuildEvent> without(Publication.Finding.Confirmed confirmed, String why) {
		return Optional.of(new BuildEvent.DigestConfirmed(confirmed.digest(), confirmed.scan(),
				new BuildEvent.TagsLeft(confirmed.astray(), why)));
	}

	private Instant since(Build build) {
		return this.builds.history(build.id())
			.stream()
			.filter((line) -> line.from() != StateName.VERIFYING && line.to() == StateName.VERIFYING)
			.map(HistoryEntry::at)
			.reduce((before, last) -> last)
			.orElseGet(() -> build.times().createdAt());
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
