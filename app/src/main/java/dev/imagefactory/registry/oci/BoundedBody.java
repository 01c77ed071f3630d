package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

import org.jspecify.annotations.Nullable;

/** Takes a body into memory up to a limit, whatever its sender announced. */
final class BoundedBody implements BodySubscriber<byte[]> {

	private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();

	private final long most;

	private long taken;

	private @Nullable Subscription subscription;

	private BoundedBody(long most) {
		this.most = most;
	}

	static BodyHandler<byte[]> ofAtMost(long most) {
		return (answer) -> new BoundedBody(most);
	}

	@Override
	public CompletionStage<byte[]> getBody() {
		return this.bytes.getBody();
	}

	@Override
	public void onSubscribe(Subscription given) {
		this.subscription = given;
		this.bytes.onSubscribe(given);
	}

	@Override
	public void onNext(List<ByteBuffer> item) {
		item.forEach((buffer) -> this.taken += buffer.remaining());
		if (this.taken <= this.most) {
			this.bytes.onNext(item);
		}
		else if (this.subscription != null) {
			this.subscription.cancel();
			this.bytes.onError(new IOException("the answer is longer than " + this.most + " bytes"));
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.bytes.onError(failure);
	}

	@Override
	public void onComplete() {
		if (this.taken <= this.most) {
			this.bytes.onComplete();
		}
	}

}
