package dev.imagefactory.build.jdbc;

import java.util.List;

import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;

import static dev.imagefactory.database.TestDatabase.together;
import static org.assertj.core.api.Assertions.assertThat;

class JdbcOrdersTests {

	private static JdbcOrders orders(TestDatabase database) {
		return new JdbcOrders(database.jdbc(), database.transactions());
	}

	@EachDatabase
	void addWhenNewComesBackAsItWas(TestDatabase database) {
		JdbcOrders orders = orders(database);
		BuildOrder order = SampleBuilds.release("v1");
		assertThat(orders.find(order.id())).isEmpty();
		assertThat(orders.addIfAbsent(order)).isTrue();
		assertThat(orders.find(order.id())).contains(order);
		assertThat(orders.find(order.key())).contains(order);
	}

	@EachDatabase
	void addWhenOrderHasNoRefIsStillThereOnlyOnce(TestDatabase database) {
		JdbcOrders orders = orders(database);
		BuildOrder first = SampleBuilds.order(SampleBuilds.key(Trigger.MANUAL, null, ImageName.of("a")));
		BuildOrder second = SampleBuilds.order(first.key());
		assertThat(orders.addIfAbsent(first)).isTrue();
		assertThat(orders.addIfAbsent(second)).isFalse();
		assertThat(orders.find(second.key())).contains(first);
	}

	@EachDatabase
	void addWhenAnyPartOfTheKeyDiffersIsAnotherOrder(TestDatabase database) {
		JdbcOrders orders = orders(database);
		ImageName image = ImageName.of("payments/app");
		assertThat(List.of(SampleBuilds.key(Trigger.RELEASE, GitRef.tag("v1"), image),
				SampleBuilds.key(Trigger.MANUAL, GitRef.tag("v1"), image),
				SampleBuilds.key(Trigger.RELEASE, GitRef.tag("V1"), image),
				SampleBuilds.key(Trigger.RELEASE, GitRef.branch("v1"), image),
				SampleBuilds.key(Trigger.RELEASE, null, image),
				SampleBuilds.key(Trigger.RELEASE, GitRef.tag("v1"), ImageName.of("payments/app/worker"))))
			.allSatisfy((key) -> assertThat(orders.addIfAbsent(SampleBuilds.order(key, ImageTag.latest()))).isTrue());
	}

	@EachDatabase
	void addWhenManyThreadsRaceStoresOneOrder(TestDatabase database) {
		JdbcOrders orders = orders(database);
		for (int round = 0; round < 5; round++) {
			String tag = "v" + round;
			List<Boolean> added = together(20, (number) -> orders.addIfAbsent(SampleBuilds.release(tag)));
			assertThat(added).filteredOn(Boolean::booleanValue).hasSize(1);
		}
		assertThat(database.jdbc().sql("SELECT COUNT(*) FROM build_order").query(Integer.class).single()).isEqualTo(5);
	}

	@EachDatabase
	void addWhenAnotherTransactionIsUnfinishedWaitsForIt(TestDatabase database) {
		JdbcOrders orders = orders(database);
		List<Boolean> added = together(2, (number) -> database.inTransaction().execute((status) -> {
			boolean mine = orders.addIfAbsent(SampleBuilds.release("v1"));
			assertThat(orders.find(SampleBuilds.release("v1").key())).as("whoever lost sees the winner's").isPresent();
			return mine;
		}));
		assertThat(added).containsExactlyInAnyOrder(true, false);
	}

	@EachDatabase
	void addWhenCallerRollsBackLeavesNothing(TestDatabase database) {
		JdbcOrders orders = orders(database);
		BuildOrder order = SampleBuilds.release("v1");
		database.inTransaction().executeWithoutResult((status) -> {
			orders.addIfAbsent(order);
			orders.link(DeliveryId.next(SampleBuilds.NOW), order.id());
			status.setRollbackOnly();
		});
		assertThat(orders.find(order.id())).isEmpty();
		assertThat(database.jdbc().sql("SELECT COUNT(*) FROM delivery_order").query(Integer.class).single()).isZero();
	}

	@EachDatabase
	void linkWhenRepeatedListsEachOrderOnceOldestFirst(TestDatabase database) {
		JdbcOrders orders = orders(database);
		DeliveryId delivery = DeliveryId.next(SampleBuilds.NOW);
		BuildOrder first = SampleBuilds.release("v1");
		BuildOrder second = SampleBuilds.release("v2");
		for (BuildOrder order : List.of(second, first, second)) {
			orders.addIfAbsent(order);
			orders.link(delivery, order.id());
		}
		assertThat(orders.ofDelivery(delivery)).containsExactly(first, second);
		assertThat(orders.ofDelivery(DeliveryId.next(SampleBuilds.NOW))).isEmpty();
	}

	@EachDatabase
	void ofRequestWhenACallMadeItFindsTheOrder(TestDatabase database) {
		JdbcOrders orders = new JdbcOrders(database.jdbc(), database.transactions());
		BuildOrder webhook = SampleBuilds.release("v1");
		OrderKey key = webhook.key();
		BuildOrder called = SampleBuilds.order(new OrderKey(key.repository(), Trigger.MANUAL, key.ref(), key.commit(),
				key.image(), "01HX0000000000000000000000"));
		orders.addIfAbsent(webhook);
		orders.addIfAbsent(called);
		assertThat(orders.ofRequest("01HX0000000000000000000000")).contains(called);
		assertThat(orders.ofRequest("01HX0000000000000000000001")).isEmpty();
		assertThat(orders.ofRequest("")).as("webhooks have none").isEmpty();
	}

}
