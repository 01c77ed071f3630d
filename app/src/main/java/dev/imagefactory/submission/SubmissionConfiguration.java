package dev.imagefactory.submission;

import java.net.URI;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.git.Git;
import dev.imagefactory.onboarding.HostSettings;
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
	private static final int THREADS = 4;

	@Bean(destroyMethod = "shutdownNow")
	ExecutorService submissionThreads() {
		return Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().name("submission-", 1).factory());
	}

	@Bean
	Submitter submitter(Builds builds, Tags tags, Publication publication, Engine engine, Git git,
			Onboarding onboarding, Runs runs, QueueSettings queue, TransactionOperations transactions, Clock clock,
			ExecutorService submissionThreads) {
		FloatingTags floating = new FloatingTags(tags, new Histories(git, new Remotes(onboarding)), clock);
		Claims claims = new Claims(builds, tags, publication, floating, runs, transactions, clock);
		return new Submitter(builds, claims, engine, queue, submissionThreads, clock);
	}

	@Bean
	Runs runs(Onboarding onboarding, BuildSettings build, @Qualifier("serviceAddress") URI baseUrl, HostSettings host) {
		Run.Limits limits = new Run.Limits(build.timeout(), build.maxSource().toBytes());
		return new Runs(new Remotes(onboarding), baseUrl, host.webUrl(), limits);
	}

}
