package dev.imagefactory.submission;

import java.net.URI;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Destinations;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Turns;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.git.Git;
import dev.imagefactory.onboarding.HostSettings;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.publication.Publication;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionOperations;

/** Puts the parts of submission together. */
@Configuration(proxyBeanMethods = false)
class SubmissionConfiguration {

	/**
	 * Claims ask git and the registry, so that one slow repository must not hold up all.
	 */
	private static final int THREADS = 8;

	private static final int MOST_HINTS = 1000;

	@Bean(destroyMethod = "shutdownNow")
	ExecutorService submissionThreads() {
		return Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().name("submission-", 1).factory());
	}

	/** Builds that are queued faster than they can be compared wait for their turns. */
	@Bean(destroyMethod = "shutdownNow")
	ExecutorService supersedingThread() {
		return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_HINTS),
				Thread.ofPlatform().name("superseding").factory(), new ThreadPoolExecutor.DiscardPolicy());
	}

	@Bean
	Destinations destinations(Engine engine) {
		return engine::place;
	}

	@Bean
	KnownPlaces knownPlaces(Builds builds) {
		return new ClaimedPlaces(builds);
	}

	@Bean
	Histories histories(Git git, Onboarding onboarding, KnownRepositories known) {
		return new Histories(git, new Remotes(onboarding), known);
	}

	@Bean
	Superseding superseding(Builds builds, Histories histories, ExecutorService supersedingThread, Clock clock) {
		return new Superseding(builds, histories, new Patience(builds, clock), supersedingThread, clock);
	}

	@Bean
	Claims claims(Builds builds, Turns turns, Tags tags, Publication publication, Superseding superseding,
			Histories histories, Runs runs, TransactionOperations transactions, Clock clock) {
		FloatingTags floating = new FloatingTags(tags, histories, new Patience(builds, clock));
		return new Claims(builds, turns, tags, publication, superseding, floating, runs, transactions, clock);
	}

	@Bean
	Submitter submitter(Builds builds, Turns turns, Claims claims, Engine engine, QueueSettings queue,
			@Qualifier("processName") String process, ExecutorService submissionThreads, Clock clock) {
		return new Submitter(builds, turns, claims, engine, queue,
				new Submitter.Self(process, submissionThreads, clock));
	}

	@Bean
	Runs runs(Onboarding onboarding, BuildSettings build, @Qualifier("serviceAddress") URI baseUrl, HostSettings host,
			Destinations destinations) {
		Run.Limits limits = new Run.Limits(build.timeout(), build.maxSource().toBytes());
		return new Runs(new Remotes(onboarding), baseUrl, host.webUrl(), limits, destinations);
	}

}
