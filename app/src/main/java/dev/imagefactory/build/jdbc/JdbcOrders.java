package dev.imagefactory.build.jdbc;

import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Orders;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.source.DeliveryId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Orders in table {@code build_order}. */
class JdbcOrders implements Orders {

	private static final String SELECT = "SELECT " + OrderRows.COLUMNS + " FROM build_order o ";

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	JdbcOrders(JdbcClient jdbc, PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
	}

	@Override
	public boolean addIfAbsent(BuildOrder order) {
		return this.transaction.execute((status) -> insertIfAbsent(order));
	}

	private boolean insertIfAbsent(BuildOrder order) {
		return this.jdbc.sql("""
				INSERT INTO build_order (id, provider, provider_id, trigger_kind, ref, commit_sha, image, request,
				    api_request, repository, team, origin, missed, delivery_id, recipe, created_at)
				VALUES (:id, :provider, :providerId, :trigger, :ref, :commit, :image, :request,
				    :apiRequest, :repository, :team, :origin, :missed, :delivery, :recipe, :created)
				ON CONFLICT DO NOTHING
				""").params(OrderRows.write(order)).update() == 1;
	}

	@Override
	public Optional<BuildOrder> find(OrderKey key) {
		return this.jdbc.sql(SELECT + """
				WHERE o.provider = :provider AND o.provider_id = :providerId AND o.trigger_kind = :trigger
				    AND o.ref = :ref AND o.commit_sha = :commit AND o.image = :image AND o.request = :request
				""").params(OrderRows.write(key)).query((row, number) -> OrderRows.read(row)).optional();
	}

	@Override
	public Optional<BuildOrder> find(OrderId id) {
		return this.jdbc.sql(SELECT + "WHERE o.id = :id")
			.param("id", id.value())
			.query((row, number) -> OrderRows.read(row))
			.optional();
	}

	@Override
	public Optional<BuildOrder> ofRequest(String request) {
		return this.jdbc.sql(SELECT + "WHERE o.request = :request AND o.request <> '' ORDER BY o.id LIMIT 1")
			.param("request", request)
			.query((row, number) -> OrderRows.read(row))
			.optional();
	}

	@Override
	public void link(DeliveryId delivery, OrderId order) {
		this.transaction.executeWithoutResult((status) -> this.jdbc.sql("""
				INSERT INTO delivery_order (delivery_id, order_id) VALUES (:delivery, :order)
				ON CONFLICT DO NOTHING
				""").param("delivery", delivery.value()).param("order", order.value()).update());
	}

	@Override
	public List<BuildOrder> ofDelivery(DeliveryId delivery) {
		return this.jdbc.sql(SELECT + """
				JOIN delivery_order d ON d.order_id = o.id
				WHERE d.delivery_id = :delivery ORDER BY o.id
				""").param("delivery", delivery.value()).query((row, number) -> OrderRows.read(row)).list();
	}

}
