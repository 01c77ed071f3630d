package dev.imagefactory.intake;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.source.DeliveryId;
import org.jspecify.annotations.Nullable;

/** A base for fakes: whatever a test does not expect to be called fails. */
public abstract class UnusedDeliveries implements Deliveries {

	@Override
	public List<Receipt> receive(List<Arrival> arrivals) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Optional<Delivery> find(DeliveryId id) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<Delivery> withGuid(String guid) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Optional<byte[]> body(DeliveryId id) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<Delivery> list(Filter filter, @Nullable DeliveryId before, int limit) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<Delivery> claim(Claim claim, Instant now) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean decide(Delivery delivery, Decided decided) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean postpone(Delivery delivery, Instant due, String detail) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean replay(Delivery delivery, Instant at) {
		throw new UnsupportedOperationException();
	}

	@Override
	public int forgetBodies(Instant before, int limit) {
		throw new UnsupportedOperationException();
	}

}
