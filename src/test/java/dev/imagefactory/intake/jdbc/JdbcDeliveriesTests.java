package dev.imagefactory.intake.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.Deliveries.Claim;
import dev.imagefactory.intake.Deliveries.Filter;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.RuleVerdict.Verdict;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.intake.TestTriage;
import dev.imagefactory.intake.Triage.Decision;
import dev.imagefactory.intake.VerifiedDeliveries;
import dev.imagefactory.intake.VerifiedDelivery;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcDeliveriesTests {

	private static final Instant NOW = Instant.parse("2026-03-02T08:15:30.123456789Z");

	private static final Instant STORED = Instant.parse("2026-03-02T08:15:30.123456Z");

	private static final Filter ANY = new Filter(null, null, null);

	private static final VerifiedDelivery RELEASE = VerifiedDeliveries.of(SignedDelivery.release("acme/App", 1, "v1"));

	private JdbcClient jdbc;

	private TransactionTemplate transactions;

	private JdbcDeliveries deliveries;

	@BeforeEach
	void open(TestDatabase database) {
		this.jdbc = database.jdbc();
		this.transactions = database.inTransaction();
		this.deliveries = new JdbcDeliveries(this.jdbc, database.batches(), database.transactions());
	}

	private List<Delivery> due(Instant now, int limit) {
		return this.deliveries.claim(new Claim("nobody", Set.of(), Set.of(), limit), now);
	}

	@EachDatabase
	void receiveWhenAcceptedKeepsEverything() {
		DeliveryId id = fresh(RELEASE, TestTriage.accept());
		Delivery delivery = read(id);
		assertThat(delivery.hook()).isEqualTo("551");
		assertThat(delivery.guid()).isEqualTo(RELEASE.envelope().guid());
		assertThat(delivery.event()).isEqualTo("release");
		assertThat(delivery.action()).isEqualTo("published");
		assertThat(delivery.repositoryId()).isEqualTo(RepositoryId.github(1));
		assertThat(delivery.repository()).isEqualTo(RepositoryName.of("acme/App"));
		assertThat(delivery.receivedAt()).isEqualTo(STORED);
		assertThat(delivery.receipts()).isOne();
		assertThat(delivery.decision())
			.isEqualTo(new Decided(DeliveryOutcome.ACCEPTED, null, null, TestTriage.accept().rules(), null));
		assertThat(delivery.planning()).isEqualTo(new Delivery.Planning(STORED, STORED, 0));
		assertThat(delivery.bodyKept()).isTrue();
		assertThat(delivery.version()).isZero();
		assertThat(this.deliveries.body(id)).hasValue(RELEASE.body());
	}

	@EachDatabase
	void receiveWhenIgnoredIsNotPlanned() {
		DeliveryId id = fresh(RELEASE, TestTriage.ignore("draft", true));
		Delivery delivery = read(id);
		assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.IGNORED);
		assertThat(delivery.decision().reason()).isEqualTo("draft");
		assertThat(delivery.decision().detail()).isEqualTo("Because of draft");
		assertThat(delivery.planning()).isEqualTo(new Delivery.Planning(null, null, 0));
		assertThat(this.deliveries.body(id)).isPresent();
		assertThat(due(NOW.plusSeconds(1), 10)).isEmpty();
	}

	@EachDatabase
	void receiveWhenNotOnboardedKeepsNoBody() {
		DeliveryId id = fresh(RELEASE, TestTriage.ignore("repository-not-onboarded", false));
		assertThat(read(id).bodyKept()).isFalse();
		assertThat(this.deliveries.body(id)).isEmpty();
		assertThat(this.deliveries.replay(read(id), NOW)).isFalse();
	}

	@EachDatabase
	void receiveWhenPayloadHasNoRepositoryStoresNone() {
		VerifiedDelivery other = VerifiedDeliveries.of(SignedDelivery.of("organization", "{}"));
		Delivery delivery = read(fresh(other, TestTriage.ignore("not-a-trigger", false)));
		assertThat(delivery.repository()).isNull();
		assertThat(delivery.repositoryId()).isNull();
		assertThat(delivery.action()).isNull();
	}

	@EachDatabase
	void receiveWhenBodyIsLargeAndRandomReadsItBack() {
		Random random = new Random(42);
		StringBuilder noise = new StringBuilder(3_000_000);
		random.ints(3_000_000, ' ', '~').filter((c) -> c != '"' && c != '\\').forEach(noise::appendCodePoint);
		VerifiedDelivery large = VerifiedDeliveries.of(SignedDelivery.of("star", "{\"x\":\"" + noise + "\"}"));
		DeliveryId id = fresh(large, TestTriage.ignore("not-a-trigger", true));
		assertThat(count("SELECT COUNT(*) FROM delivery_body")).isGreaterThan(2);
		assertThat(count("SELECT MAX(OCTET_LENGTH(bytes)) FROM delivery_body")).isLessThanOrEqualTo(1_000_000);
		assertThat(this.deliveries.body(id)).hasValue(large.body());
	}

	@EachDatabase
	void receiveWhenTextsAreHostileStoresThemClean() {
		String hostile = "a\u0000b\ud800" + "x".repeat(5000);
		VerifiedDelivery delivery = VerifiedDeliveries
			.of(SignedDelivery.of("star", "{\"action\":\"\\u0000\\ud800" + "y".repeat(500) + "\"}"));
		List<RuleVerdict> rules = IntStream.range(0, 200)
			.mapToObj((index) -> new RuleVerdict("rule", "image", Verdict.IGNORE, hostile))
			.toList();
		DeliveryId id = fresh(delivery, new Decision.Ignore("not-a-trigger", hostile, true, rules));
		assertThat(read(id).action()).hasSize(64).startsWith("\ufffd\ufffdy");
		assertThat(read(id).decision().detail()).hasSize(2000).startsWith("a\ufffdb\ufffdx");
		assertThat(read(id).decision().rules()).isNotEmpty().hasSizeLessThan(200);
	}

	@EachDatabase
	void receiveWhenAcceptedBeforeCountsARepeat() {
		DeliveryId id = fresh(RELEASE, TestTriage.accept());
		assertThat(receive(RELEASE, TestTriage.accept())).isEqualTo(new Receipt.Repeat(id));
		assertThat(read(id).receipts()).isEqualTo(2);
		assertThat(read(id).version()).isZero();
		decide(id, DeliveryOutcome.BUILT);
		assertThat(receive(RELEASE, TestTriage.accept())).isEqualTo(new Receipt.Repeat(id));
		decide(id, DeliveryOutcome.DUPLICATE);
		assertThat(receive(RELEASE, TestTriage.accept())).isEqualTo(new Receipt.Repeat(id));
		assertThat(read(id).receipts()).isEqualTo(4);
	}

	@EachDatabase
	void receiveWhenManyComeTogetherTellsEachWhatBecameOfIt() {
		DeliveryId known = fresh(RELEASE, TestTriage.accept());
		VerifiedDelivery twice = another("v3");
		List<Receipt> receipts = this.deliveries
			.receive(List.of(new Arrival(another("v2"), TestTriage.ignore("repository-not-onboarded", false), NOW),
					new Arrival(RELEASE, TestTriage.accept(), NOW), new Arrival(twice, TestTriage.accept(), NOW),
					new Arrival(twice, TestTriage.accept(), NOW)));
		DeliveryId ignored = ((Receipt.Fresh) receipts.getFirst()).id();
		DeliveryId third = ((Receipt.Fresh) receipts.get(2)).id();
		assertThat(receipts).containsExactly(new Receipt.Fresh(ignored), new Receipt.Repeat(known),
				new Receipt.Fresh(third), new Receipt.Repeat(third));
		assertThat(read(ignored).decision().outcome()).isEqualTo(DeliveryOutcome.IGNORED);
		assertThat(this.deliveries.body(ignored)).isEmpty();
		assertThat(this.deliveries.body(third)).hasValue(twice.body());
		assertThat(read(known).receipts()).isEqualTo(2);
		assertThat(read(third).receipts()).isEqualTo(2);
	}

	@EachDatabase
	void receiveWhenIgnoredBeforeDecidesAgainOnTheSameRow() {
		DeliveryId id = fresh(RELEASE, TestTriage.ignore("repository-not-onboarded", false));
		assertThat(receive(RELEASE, TestTriage.accept(), NOW.plusSeconds(60))).isEqualTo(new Receipt.Fresh(id));
		Delivery again = read(id);
		assertThat(again.receipts()).isEqualTo(2);
		assertThat(again.receivedAt()).isEqualTo(STORED);
		assertThat(again.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
		assertThat(again.decision().reason()).isNull();
		assertThat(again.planning())
			.isEqualTo(new Delivery.Planning(STORED.plusSeconds(60), STORED.plusSeconds(60), 0));
		assertThat(this.deliveries.body(id)).hasValue(RELEASE.body());
	}

	@EachDatabase
	void receiveWhenFailedBeforePlansAgain() {
		DeliveryId id = fresh(RELEASE, TestTriage.accept());
		assertThat(this.deliveries.postpone(read(id), NOW.plusSeconds(5), "unreachable")).isTrue();
		decide(id, DeliveryOutcome.FAILED);
		assertThat(read(id).planning().due()).isNull();
		assertThat(receive(RELEASE, TestTriage.accept())).isEqualTo(new Receipt.Fresh(id));
		assertThat(read(id).planning().attempts()).isZero();
		assertThat(due(NOW, 10)).extracting(Delivery::id).containsExactly(id);
		assertThat(count("SELECT COUNT(*) FROM delivery_body")).isOne();
	}

	@EachDatabase
	void receiveWhenGuidComesWithAnotherBodyIsNew() {
		VerifiedDelivery other = VerifiedDeliveries
			.of(SignedDelivery.release("acme/App", 1, "v2").withGuid(RELEASE.envelope().guid()));
		DeliveryId first = fresh(RELEASE, TestTriage.accept());
		DeliveryId second = fresh(other, TestTriage.accept(), NOW.plusSeconds(20));
		assertThat(this.deliveries.withGuid(RELEASE.envelope().guid())).extracting(Delivery::id)
			.containsExactly(second, first);
	}

	@EachDatabase
	void receiveWhenAnotherHookSendsTheSameIsNew() {
		SignedDelivery release = SignedDelivery.release("acme/App", 1, "v1");
		fresh(VerifiedDeliveries.of(release), TestTriage.accept());
		fresh(VerifiedDeliveries.of(release.withHeader("X-GitHub-Hook-ID", "552")), TestTriage.accept());
		assertThat(count("SELECT COUNT(*) FROM delivery")).isEqualTo(2);
	}

	@EachDatabase
	void receiveWhenTransactionRollsBackLeavesNothing() {
		this.transactions.executeWithoutResult((status) -> {
			fresh(RELEASE, TestTriage.accept());
			status.setRollbackOnly();
		});
		assertThat(count("SELECT COUNT(*) FROM delivery")).isZero();
		assertThat(count("SELECT COUNT(*) FROM delivery_body")).isZero();
	}

	@EachDatabase
	void receiveWhenFiftyComeAtOnceMakesOneRow() throws Exception {
		List<Receipt> receipts = simultaneously(50, TestTriage.accept());
		assertThat(receipts).filteredOn(Receipt.Fresh.class::isInstance).hasSize(1);
		Delivery only = this.deliveries.list(ANY, null, 10).get(0);
		assertThat(count("SELECT COUNT(*) FROM delivery")).isOne();
		assertThat(count("SELECT COUNT(*) FROM delivery_body")).isOne();
		assertThat(only.receipts()).isEqualTo(50);
	}

	@EachDatabase
	void receiveWhenFiftyIgnoredComeAtOnceDecidesEachOnOneRow() throws Exception {
		List<Receipt> receipts = simultaneously(50, TestTriage.ignore("draft", true));
		Delivery only = this.deliveries.list(ANY, null, 10).get(0);
		assertThat(receipts).containsOnly(new Receipt.Fresh(only.id()));
		assertThat(count("SELECT COUNT(*) FROM delivery")).isOne();
		assertThat(only.receipts()).isEqualTo(50);
		assertThat(only.version()).isEqualTo(49);
	}

	@EachDatabase
	void receiveWhenIgnoredOneComesAgainFiftyTimesAtOncePlansItOnce() throws Exception {
		DeliveryId id = fresh(RELEASE, TestTriage.ignore("repository-not-onboarded", false));
		List<Receipt> receipts = simultaneously(50, TestTriage.accept());
		assertThat(receipts).filteredOn(new Receipt.Fresh(id)::equals).hasSize(1);
		assertThat(receipts).filteredOn(new Receipt.Repeat(id)::equals).hasSize(49);
		assertThat(read(id).receipts()).isEqualTo(51);
		assertThat(read(id).version()).isOne();
	}

	private List<Receipt> simultaneously(int senders, Decision decision) throws Exception {
		CountDownLatch start = new CountDownLatch(1);
		List<Future<Receipt>> receipts = new ArrayList<>();
		try (ExecutorService executor = Executors.newFixedThreadPool(senders)) {
			for (int i = 0; i < senders; i++) {
				receipts.add(executor.submit(() -> {
					start.await();
					return receive(RELEASE, decision);
				}));
			}
			start.countDown();
		}
		List<Receipt> received = new ArrayList<>();
		for (Future<Receipt> receipt : receipts) {
			received.add(receipt.get());
		}
		return received;
	}

	@EachDatabase
	void decideWhenDeliveryChangedMeanwhileRefuses() {
		Delivery stale = read(fresh(RELEASE, TestTriage.accept()));
		decide(stale.id(), DeliveryOutcome.FAILED);
		assertThat(this.deliveries.decide(stale, decided(DeliveryOutcome.BUILT))).isFalse();
		assertThat(this.deliveries.postpone(stale, NOW, "x")).isFalse();
		assertThat(this.deliveries.replay(stale, NOW)).isFalse();
		assertThat(read(stale.id()).decision().outcome()).isEqualTo(DeliveryOutcome.FAILED);
	}

	@EachDatabase
	void decideWhenRepeatCameMeanwhileStillHolds() {
		Delivery read = read(fresh(RELEASE, TestTriage.accept()));
		receive(RELEASE, TestTriage.accept());
		assertThat(this.deliveries.decide(read, decided(DeliveryOutcome.BUILT))).isTrue();
	}

	@EachDatabase
	void decideWhenDuplicateNamesTheOther() {
		DeliveryId other = DeliveryId.next(NOW);
		Delivery read = read(fresh(RELEASE, TestTriage.accept()));
		assertThat(this.deliveries.decide(read,
				new Decided(DeliveryOutcome.DUPLICATE, null, "All was ordered before", List.of(), other)))
			.isTrue();
		assertThat(read(read.id()).decision().duplicateOf()).isEqualTo(other);
	}

	@EachDatabase
	void dueWhenPostponedWaits() {
		DeliveryId first = fresh(RELEASE, TestTriage.accept());
		DeliveryId second = fresh(another("v2"), TestTriage.accept(), NOW.plusMillis(1));
		Instant later = NOW.plusSeconds(1);
		assertThat(due(NOW.minusSeconds(1), 10)).isEmpty();
		assertThat(due(later, 10)).extracting(Delivery::id).containsExactly(first, second);
		assertThat(due(later, 1)).extracting(Delivery::id).containsExactly(first);
		this.deliveries.postpone(read(first), NOW.plusSeconds(10), "not reachable");
		assertThat(due(later, 10)).extracting(Delivery::id).containsExactly(second);
		assertThat(due(NOW.plusSeconds(10), 10)).extracting(Delivery::id).containsExactly(second, first);
		assertThat(read(first).planning().attempts()).isOne();
		assertThat(read(first).planning().since()).isEqualTo(STORED);
		assertThat(read(first).decision().detail()).isEqualTo("not reachable");
	}

	@EachDatabase
	void replayWhenBodyIsKeptPlansAgain() {
		DeliveryId id = fresh(RELEASE, TestTriage.ignore("draft", true));
		assertThat(this.deliveries.replay(read(id), NOW.plusSeconds(3))).isTrue();
		assertThat(read(id).decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
		assertThat(read(id).decision().reason()).isNull();
		assertThat(due(NOW.plusSeconds(3), 10)).extracting(Delivery::id).containsExactly(id);
	}

	@EachDatabase
	void listWhenFilteredGivesNewestFirst() {
		DeliveryId release = fresh(RELEASE, TestTriage.accept());
		DeliveryId star = fresh(VerifiedDeliveries.of(SignedDelivery.star("acme/App", 1)),
				TestTriage.ignore("not-a-trigger", true), NOW.plusSeconds(20));
		DeliveryId other = fresh(VerifiedDeliveries.of(SignedDelivery.release("acme/other", 2, "v1")),
				TestTriage.accept(), NOW.plusSeconds(40));
		assertThat(ids(ANY, null, 10)).containsExactly(other, star, release);
		assertThat(ids(ANY, other, 1)).containsExactly(star);
		assertThat(ids(new Filter(RepositoryName.of("ACME/app"), null, null), null, 10)).containsExactly(star, release);
		assertThat(ids(new Filter(null, DeliveryOutcome.ACCEPTED, "release"), null, 10)).containsExactly(other,
				release);
		assertThat(ids(new Filter(RepositoryName.of("acme/app"), DeliveryOutcome.IGNORED, "star"), other, 10))
			.containsExactly(star);
		assertThat(this.deliveries.find(DeliveryId.next(NOW))).isEmpty();
	}

	private List<DeliveryId> ids(Filter filter, DeliveryId before, int limit) {
		return this.deliveries.list(filter, before, limit).stream().map(Delivery::id).toList();
	}

	@EachDatabase
	void forgetBodiesWhenOldDeletesAllButWhatIsToBePlanned() {
		DeliveryId waiting = fresh(RELEASE, TestTriage.accept());
		Set<DeliveryId> old = IntStream.range(0, 3)
			.mapToObj((index) -> fresh(another("v2." + index), TestTriage.ignore("draft", true)))
			.collect(Collectors.toSet());
		Receipt young = receive(another("v3"), TestTriage.ignore("draft", true), NOW.plus(Duration.ofDays(2)));
		Instant before = NOW.plus(Duration.ofDays(1));
		assertThat(this.deliveries.forgetBodies(before, 2)).isEqualTo(2);
		assertThat(this.deliveries.forgetBodies(before, 2)).isEqualTo(1);
		assertThat(this.deliveries.forgetBodies(before, 2)).isZero();
		assertThat(old).allSatisfy((id) -> {
			assertThat(this.deliveries.body(id)).isEmpty();
			assertThat(read(id).bodyKept()).isFalse();
		});
		assertThat(this.deliveries.body(waiting)).isPresent();
		assertThat(this.deliveries.body(((Receipt.Fresh) young).id())).isPresent();
	}

	@EachDatabase
	void rulesWhenStoredUseWireNames() {
		DeliveryId id = fresh(RELEASE, TestTriage.accept());
		byte[] verdicts = this.jdbc.sql("SELECT verdicts FROM delivery WHERE id = ?")
			.param(id.value())
			.query(byte[].class)
			.single();
		assertThat(verdicts).asString(StandardCharsets.UTF_8).contains("\"verdict\":\"pass\"");
	}

	@EachDatabase
	void findWhenItsRulesAreStoredAsTextAsTheyWereBeforeReadsThem() {
		DeliveryId id = fresh(RELEASE, TestTriage.accept());
		List<RuleVerdict> rules = read(id).decision().rules();
		byte[] verdicts = this.jdbc.sql("SELECT verdicts FROM delivery WHERE id = ?")
			.param(id.value())
			.query(byte[].class)
			.single();
		this.jdbc.sql("UPDATE delivery SET rules = ?, verdicts = NULL WHERE id = ?")
			.params(new String(verdicts, StandardCharsets.UTF_8), id.value())
			.update();
		assertThat(read(id).decision().rules()).isNotEmpty().isEqualTo(rules);
	}

	private static VerifiedDelivery another(String tag) {
		return VerifiedDeliveries.of(SignedDelivery.release("acme/App", 1, tag));
	}

	private Receipt receive(VerifiedDelivery delivery, Decision decision) {
		return receive(delivery, decision, NOW);
	}

	private Receipt receive(VerifiedDelivery delivery, Decision decision, Instant at) {
		return this.deliveries.receive(List.of(new Arrival(delivery, decision, at))).getFirst();
	}

	private DeliveryId fresh(VerifiedDelivery delivery, Decision decision) {
		return fresh(delivery, decision, NOW);
	}

	/** Ids made in one JVM are in order only when their times are far apart. */
	private DeliveryId fresh(VerifiedDelivery delivery, Decision decision, Instant at) {
		return ((Receipt.Fresh) receive(delivery, decision, at)).id();
	}

	private Delivery read(DeliveryId id) {
		return this.deliveries.find(id).orElseThrow();
	}

	private void decide(DeliveryId id, DeliveryOutcome outcome) {
		assertThat(this.deliveries.decide(read(id), decided(outcome))).isTrue();
	}

	private static Decided decided(DeliveryOutcome outcome) {
		return new Decided(outcome, null, null, List.of(), null);
	}

	private int count(String sql) {
		return this.jdbc.sql(sql).query(Integer.class).single();
	}

}
