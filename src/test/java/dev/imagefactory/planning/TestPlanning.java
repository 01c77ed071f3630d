package dev.imagefactory.planning;

import java.time.Clock;
import java.util.concurrent.Executor;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.Tags;
import dev.imagefactory.git.Git;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts planning together, for tests of other packages. */
public final class TestPlanning {

	private TestPlanning() {
	}

	/** A planner with its parts, as the service has it. */
	public static DeliveryPlanner planner(Store store, Onboarding onboarding, Git git, Executor executor, Clock clock) {
		return planner(UlidCreator.getMonotonicUlid().toString(), store, onboarding, git, executor, clock);
	}

	/** The planner of one of several replicas. */
	public static DeliveryPlanner planner(String name, Store store, Onboarding onboarding, Git git, Executor executor,
			Clock clock) {
		Orderer orderer = orderer(store, clock);
		Wishes wishes = wishes(store, orderer, onboarding, git);
		return new DeliveryPlanner(new DeliveryPlanner.Intake(store.deliveries(), name), new PayloadRules(onboarding),
				wishes, orderer, new TransactionTemplate(store.transactions()), executor, clock);
	}

	/** What carries out requests, as the service has it. */
	public static BuildRequests requests(Store store, Onboarding onboarding, Git git, Clock clock) {
		return new PlanningConfiguration().buildRequests(onboarding, store.known(), git, orderer(store, clock),
				store.builds(), store.transactions(), clock);
	}

	/** Dry runs, as the service has them. */
	public static DryRun dryRun(Store store, Onboarding onboarding, Git git, Clock clock) {
		return new PlanningConfiguration().dryRun(new PayloadRules(onboarding), onboarding, git, orderer(store, clock),
				store.builds(), store.tags(), clock);
	}

	private static Wishes wishes(Store store, Orderer orderer, Onboarding onboarding, Git git) {
		return new PlanningConfiguration().wishes(onboarding, git, orderer, store.builds(), store.tags());
	}

	private static Orderer orderer(Store store, Clock clock) {
		return new Orderer(store.orders(), store.builds(), store.tags(), store.owners(), "layout", clock);
	}

	/** What is stored. */
	public record Store(Deliveries deliveries, Orders orders, Builds builds, Tags tags, ImageOwners owners,
			KnownRepositories known, PlatformTransactionManager transactions) {
	}

}
