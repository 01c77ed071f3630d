package dev.imagefactory.database;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Repeats a test for every kind of database. */
final class DatabaseKinds implements TestTemplateInvocationContextProvider {

	private static final Map<String, Supplier<TestDatabase>> KINDS = Map.of("H2", TestDatabase::h2, "PostgreSQL",
			TestDatabase::postgres);

	@Override
	public boolean supportsTestTemplate(ExtensionContext context) {
		return true;
	}

	@Override
	public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
		return KINDS.keySet().stream().sorted().map(Repetition::new);
	}

	/**
	 * One of the repetitions.
	 *
	 * @param kind the kind of database
	 */
	private record Repetition(String kind) implements TestTemplateInvocationContext {

		@Override
		public String getDisplayName(int index) {
			return this.kind;
		}

		@Override
		public List<Extension> getAdditionalExtensions() {
			return List.of(new Opened(KINDS.get(this.kind)));
		}

	}

	/** A database for the time of one test. */
	private static final class Opened implements BeforeEachCallback, ParameterResolver, AfterEachCallback {

		private final Supplier<TestDatabase> kind;

		private @Nullable TestDatabase database;

		private Opened(Supplier<TestDatabase> kind) {
			this.kind = kind;
		}

		@Override
		public void beforeEach(ExtensionContext context) {
			this.database = this.kind.get();
		}

		@Override
		public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
			return parameter.getParameter().getType() == TestDatabase.class;
		}

		@Override
		public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
			return this.database;
		}

		@Override
		public void afterEach(ExtensionContext context) {
			if (this.database != null) {
				this.database.close();
			}
		}

	}

}
