package dev.imagefactory.planning;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.Tags;
import dev.imagefactory.git.Git;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.RightOfWay;
import dev.imagefactory.intake.Triage;
import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.registry.Registry;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts the parts of planning together. */
@Configuration(proxyBeanMethods = false)
class PlanningConfiguration {

	/**
	 * Planning mostly waits for repositories; so many threads that two slow ones, each
	 * with all that it may hold, leave some for others.
	 */
	private static final int THREADS = 12;

	@Bean(destroyMethod = "shutdownNow")
	ExecutorService planningThreads() {
		return Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().name("planning-", 1).factory());
	}

	@Bean
	Triage triage(Onboarding onboarding) {
		return new PayloadRules(onboarding);
	}

	@Bean
	Orderer orderer(Orders orders, Builds builds, Tags tags, ImageOwners owners, Registry registry, Clock clock) {
		return new Orderer(orders, builds, tags, owners, registry.host(), clock);
	}

	@Bean
	Wishes wishes(Onboarding onboarding, Git git, Orderer orderer, Builds builds, Tags tags) {
		return wishes(onboarding, git, orderer, builds, tags, tags::outdate);
	}

	static Wishes wishes(Onboarding onboarding, Git git, Orderer orderer, Builds builds, Tags tags,
			BiConsumer<ImageName, ImageTag> moved) {
		return new Wishes(onboarding, git, new Promotions(orderer, builds, tags),
				new Resets(orderer, builds, tags, git, moved));
	}

	@Bean
	DeliveryPlanner deliveryPlanner(Deliveries deliveries, Triage triage, Wishes wishes, Orderer orderer,
			TransactionOperations transactions, ExecutorService planningThreads, Clock clock, RightOfWay senders,
			@Qualifier("processName") String processName) {
		return new DeliveryPlanner(new DeliveryPlanner.Intake(deliveries, processName), triage, wishes, orderer,
				transactions, behind(senders, planningThreads), clock);
	}

	/** A sender waits for an answer; a plan waits for nobody. */
	private static Executor behind(RightOfWay senders, Executor threads) {
		return (task) -> threads.execute(() -> {
			senders.giveWay();
			task.run();
		});
	}

	/** A dry run changes nothing, not even what others have decided of tags. */
	@Bean
	DryRun dryRun(Triage triage, Onboarding onboarding, Git git, Orderer orderer, Builds builds, Tags tags,
			Clock clock) {
		Wishes wishes = wishes(onboarding, git, orderer, builds, tags, (image, tag) -> {
		});
		return new StoredDryRun(triage, wishes, orderer, clock);
	}

	@Bean
	BuildRequests buildRequests(Onboarding onboarding, KnownRepositories known, Git git, Orderer orderer, Builds builds,
			PlatformTransactionManager transactions, Clock clock) {
		TransactionTemplate nested = new TransactionTemplate(transactions);
		nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		return new StoredBuildRequests(onboarding, known, git, orderer, builds, nested, clock);
	}

}
