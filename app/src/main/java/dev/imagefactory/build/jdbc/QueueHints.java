package dev.imagefactory.build.jdbc;

import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Says that builds deserve a look, once what is to be seen there is committed. */
class QueueHints {

	private static final Logger logger = LoggerFactory.getLogger(QueueHints.class);

	private final ApplicationEventPublisher events;

	QueueHints(ApplicationEventPublisher events) {
		this.events = events;
	}

	/** Must be called inside a transaction. */
	void afterCommit(BuildId build, Object hint) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				publish(build, hint);
			}

		});
	}

	/** What is committed stays committed: a listener that fails costs a delay only. */
	private void publish(BuildId build, Object hint) {
		try {
			this.events.publishEvent(hint);
		}
		catch (RuntimeException ex) {
			logger.warn("Nobody could be told at once that build {} changed; the next look finds it", build, ex);
		}
	}

}
