package dev.imagefactory.engine;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Where the logs of steps lie: where the database lies, so that whoever sees a build sees
 * its logs.
 */
public final class LogPlace {

	private LogPlace() {
	}

	private static boolean isShared(ConditionContext context) {
		return !context.getEnvironment().getProperty("image-factory.database.url", "").isEmpty();
	}

	/** The database is embedded, so the logs are files beside it. */
	public static final class DataDirectory implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return !isShared(context);
		}

	}

	/** The database may be shared by replicas, so the logs are in it. */
	public static final class Database implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return isShared(context);
		}

	}

}
