package dev.imagefactory.tracking;

import java.time.Clock;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Transition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionOperations;

/** Applies events to builds and stores what changes, whole or not at all. */
class Changes {

	private static final Logger logger = LoggerFactory.getLogger(Changes.class);

	private final Builds builds;

	private final Tags tags;

	private final TransactionOperations transactions;

	private final Clock clock;

	Changes(Builds builds, Tags tags, TransactionOperations transactions, Clock clock) {
		this.builds = builds;
		this.tags = tags;
		this.transactions = transactions;
		this.clock = clock;
	}

	/**
	 * Applies an event.
	 * @param build the build as it was read
	 * @param event what happened
	 * @return the changed build; empty when nothing changed, or when somebody else was
	 * quicker, and then it is looked at again
	 */
	Optional<Build> apply(Build build, BuildEvent event) {
		Optional<Transition> transition = BuildMachine.apply(build, event, this.clock.instant());
		if (transition.isEmpty()) {
			return Optional.empty();
		}
		try {
			this.transactions.executeWithoutResult((status) -> store(transition.get()));
		}
		catch (BuildChanged ex) {
			logger.debug("{}; it is looked at again", ex.getMessage());
			return Optional.empty();
		}
		Build after = transition.get().build();
		if (build.isOpen() && !after.isOpen()) {
			logger.info("{} is {}{}", after.id(), after.state().name(),
					after.state().explanation().map(": "::concat).orElse(""));
		}
		return Optional.of(after);
	}

	private void store(Transition transition) {
		Build after = transition.build();
		if (after.state() instanceof BuildState.Succeeded(var digest)) {
			this.tags.published(after.id(), after.tags(), after.order().key().commit(), digest);
		}
		this.builds.store(transition);
	}

}
