package dev.imagefactory.intake;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class InboxTests {

	private static final Instant NOW = Instant.parse("2026-03-02T08:15:30Z");

	private static final DeliveryId ID = DeliveryId.next(NOW);

	private final TestOnboarding onboarding = TestOnboarding.standard().withRule(RepositoryRule.standard("acme/shop"));

	private final TestKnownRepositories known = new TestKnownRepositories();

	private final List<String> story = new ArrayList<>();

	private final List<Object> published = new ArrayList<>();

	private Supplier<Receipt> receiving = () -> new Receipt.Fresh(ID);

	private Duration passed = Duration.ZERO;

	private final Clock clock = new Clock() {
		@Override
		public Instant instant() {
			return NOW.plus(InboxTests.this.passed);
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}
	};

	private final Inbox inbox = inbox(new RecordedTransactions());

	private Inbox inbox(TransactionOperations transactions) {
		DeliveryVerifier verifier = new DeliveryVerifier(this.onboarding, this.onboarding, this.known,
				new IntakeMetrics(new SimpleMeterRegistry()));
		return new Inbox(verifier, new TestTriage(this.onboarding),
				new Inbox.Store(new ScriptedDeliveries(), this.known, transactions, new RightOfWay(Duration.ZERO)),
				(event) -> {
					this.story.add("publish");
					this.published.add(event);
				}, this.clock);
	}

	@Test
	void takeWhenAcceptedStoresThenPublishesThenAnswers() {
		assertThat(this.inbox.take(SignedDelivery.release("acme/app", 1, "v1").raw()))
			.isEqualTo(new Answer.Accepted(ID));
		assertThat(this.story).containsExactly("begin", "receive", "commit", "publish");
		assertThat(this.published).containsExactly(new DeliveryAccepted(ID));
	}

	@Test
	void takeWhenOnboardedRemembersTheRepository() {
		this.inbox.take(SignedDelivery.star("acme/app", 1).raw());
		assertThat(this.known.find(RepositoryName.of("acme/app")).orElseThrow().id()).isEqualTo(RepositoryId.github(1));
	}

	@Test
	void takeWhenNotOnboardedRemembersNothing() {
		assertThat(this.inbox.take(SignedDelivery.release("acme/other", 2, "v1").raw()))
			.isEqualTo(new Answer.Ignored(ID, "repository-not-onboarded", "Because of repository-not-onboarded"));
		assertThat(this.known.find(RepositoryName.of("acme/other"))).isEmpty();
		assertThat(this.published).isEmpty();
	}

	@Test
	void takeWhenRepeatedAnswersDuplicate() {
		this.receiving = () -> new Receipt.Repeat(ID);
		assertThat(this.inbox.take(SignedDelivery.release("acme/app", 1, "v1").raw()))
			.isEqualTo(new Answer.Duplicate(ID));
		assertThat(this.published).isEmpty();
	}

	@Test
	void takeWhenPingStoresNothing() {
		assertThat(this.inbox.take(SignedDelivery.ping("acme/app", 1).raw())).isEqualTo(new Answer.Pong());
		assertThat(this.story).isEmpty();
	}

	@Test
	void takeWhenPingIsUnsignedRefuses() {
		assertThatExceptionOfType(DeliveryRefused.class)
			.isThrownBy(() -> this.inbox.take(SignedDelivery.ping("acme/app", 1).withSecret("wrong").raw()));
	}

	@Test
	void takeWhenRefusedStoresNothing() {
		assertThatExceptionOfType(DeliveryRefused.class)
			.isThrownBy(() -> this.inbox.take(SignedDelivery.release("acme/app", 1, "").raw()));
		assertThat(this.story).isEmpty();
	}

	@Test
	void takeWhenDatabaseFailsSaysThatNothingWasStored() {
		this.receiving = () -> {
			throw new DataAccessResourceFailureException("no disk");
		};
		assertThatExceptionOfType(DeliveryNotStored.class)
			.isThrownBy(() -> this.inbox.take(SignedDelivery.release("acme/app", 1, "v1").raw()));
		assertThat(this.published).isEmpty();
	}

	@Test
	void takeWhenNoConnectionSaysThatNothingWasStored() {
		Inbox unconnected = inbox(new TransactionOperations() {
			@Override
			public <T> T execute(TransactionCallback<T> action) {
				throw new CannotCreateTransactionException("no connection");
			}
		});
		assertThatExceptionOfType(DeliveryNotStored.class)
			.isThrownBy(() -> unconnected.take(SignedDelivery.release("acme/app", 1, "v1").raw()));
	}

	@Test
	void takeWhenRaceIsLostTriesAgain() {
		AtomicInteger attempts = new AtomicInteger();
		this.receiving = () -> {
			if (attempts.incrementAndGet() < 3) {
				throw new CannotAcquireLockException("raced");
			}
			return new Receipt.Fresh(ID);
		};
		assertThat(this.inbox.take(SignedDelivery.release("acme/app", 1, "v1").raw()))
			.isEqualTo(new Answer.Accepted(ID));
	}

	@Test
	void takeWhenRacesGoOnGivesUp() {
		this.receiving = () -> {
			this.passed = this.passed.plusMillis(120);
			throw new CannotAcquireLockException("raced");
		};
		assertThatExceptionOfType(DeliveryNotStored.class)
			.isThrownBy(() -> this.inbox.take(SignedDelivery.release("acme/app", 1, "v1").raw()));
		assertThat(this.story).filteredOn("receive"::equals).hasSize(3);
	}

	@Test
	void takeWhenListenerFailsStillAnswersWhatIsStored() {
		DeliveryVerifier verifier = new DeliveryVerifier(this.onboarding, this.onboarding, this.known,
				new IntakeMetrics(new SimpleMeterRegistry()));
		Inbox inbox = new Inbox(verifier, new TestTriage(this.onboarding), new Inbox.Store(new ScriptedDeliveries(),
				this.known, new RecordedTransactions(), new RightOfWay(Duration.ZERO)), (event) -> {
					throw new IllegalStateException("listener");
				}, Clock.fixed(NOW, ZoneOffset.UTC));
		assertThat(inbox.take(SignedDelivery.release("acme/app", 1, "v1").raw())).isEqualTo(new Answer.Accepted(ID));
	}

	/** Otherwise two groups could each hold the row that the other waits for. */
	@Test
	void storeWhenAGroupIsOfManyRepositoriesRemembersThemInTheOrderOfTheirIds() {
		List<RepositoryId> remembered = new ArrayList<>();
		KnownRepositories noting = (KnownRepositories) Proxy.newProxyInstance(InboxTests.class.getClassLoader(),
				new Class<?>[] { KnownRepositories.class }, (proxy, method, arguments) -> {
					remembered.add((RepositoryId) arguments[0]);
					return null;
				});
		Inbox.Store store = new Inbox.Store(new ScriptedDeliveries(), noting, new RecordedTransactions(),
				new RightOfWay(Duration.ZERO));
		store.store(Stream.of(3L, 1L, 2L)
			.map((id) -> VerifiedDeliveries.of(SignedDelivery.release("acme/app-" + id, id, "v1")))
			.map((delivery) -> new Arrival(delivery, TestTriage.accept(), NOW))
			.toList());
		assertThat(remembered).containsExactly(RepositoryId.github(1), RepositoryId.github(2), RepositoryId.github(3));
	}

	/** Notes where a transaction begins and ends. */
	private final class RecordedTransactions implements TransactionOperations {

		@Override
		public <T> T execute(TransactionCallback<T> action) {
			InboxTests.this.story.add("begin");
			TransactionStatus status = new SimpleTransactionStatus();
			T result = action.doInTransaction(status);
			InboxTests.this.story.add("commit");
			return result;
		}

	}

	/** Receives as the test says. */
	private final class ScriptedDeliveries extends UnusedDeliveries {

		@Override
		public List<Receipt> receive(List<Arrival> arrivals) {
			InboxTests.this.story.add("receive");
			return List.of(InboxTests.this.receiving.get());
		}

	}

}
