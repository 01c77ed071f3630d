package dev.imagefactory.submission;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Destinations;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Turns;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.git.Git;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.publication.Publication;

import org.springframework.transaction.support.TransactionOperations;

/** Puts a submitter together, for tests of other packages. */
public final class TestSubmission {

	private TestSubmission() {
	}

	/** A submitter with its parts, as the service has it. */
	public static Submitter submitter(Store store, Outside outside, QueueSettings limits, Executor executor,
			Clock clock) {
		Remotes remotes = new Remotes(outside.onboarding());
		Runs runs = runs(outside.onboarding(), outside.engine()::place);
		Histories histories = new Histories(outside.git(), remotes, outside.known());
		Patience patience = new Patience(store.builds(), clock);
		Superseding superseding = new Superseding(store.builds(), histories, patience, Runnable::run, clock);
		Claims claims = new Claims(store.builds(), store.turns(), store.tags(), outside.publication(), superseding,
				new FloatingTags(store.tags(), histories, patience), runs, store.transactions(), clock);
		return new Submitter(store.builds(), store.turns(), claims, outside.engine(), limits,
				new Submitter.Self(UlidCreator.getMonotonicUlid().toString(), executor, clock));
	}

	/** Where runs were sent, as the service has it. */
	public static KnownPlaces places(Builds builds) {
		return new ClaimedPlaces(builds);
	}

	/** What fixes runs, as the service has it. */
	public static Runs runs(Onboarding onboarding) {
		return runs(onboarding, (team) -> Optional.empty());
	}

	private static Runs runs(Onboarding onboarding, Destinations places) {
		return new Runs(new Remotes(onboarding), URI.create("http://127.0.0.1:8080"),
				URI.create("https://github.example"), new Run.Limits(Duration.ofMinutes(60), 1L << 30), places);
	}

	/** What is stored. */
	public record Store(Builds builds, Turns turns, Tags tags, TransactionOperations transactions) {
	}

	/** Whom it asks. */
	public record Outside(Publication publication, Engine engine, Git git, Onboarding onboarding,
			KnownRepositories known) {
	}

}
