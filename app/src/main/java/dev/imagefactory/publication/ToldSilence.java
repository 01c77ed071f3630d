package dev.imagefactory.publication;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log, once a minute at most, that the registry does not answer: many builds
 * wait for one registry.
 */
final class ToldSilence implements Registry {

	private static final Logger logger = LoggerFactory.getLogger(ToldSilence.class);

	private static final Duration APART = Duration.ofMinutes(1);

	private final Registry registry;

	private final LongSupplier nanos;

	/** When the next line may be written. */
	private final AtomicLong next;

	/**
	 * Creates it.
	 * @param registry the registry
	 * @param nanos a clock that only goes forward
	 */
	ToldSilence(Registry registry, LongSupplier nanos) {
		this.registry = registry;
		this.nanos = nanos;
		this.next = new AtomicLong(nanos.getAsLong());
	}

	private <T> T told(Supplier<T> question) {
		try {
			return question.get();
		}
		catch (RegistryRefused ex) {
			throw ex;
		}
		catch (RegistryUnavailable ex) {
			long now = this.nanos.getAsLong();
			long due = this.next.get();
			if (now - due >= 0 && this.next.compareAndSet(due, now + APART.toNanos())) {
				logger.warn("The registry {} does not answer; builds wait for it, and it is asked again: {}", host(),
						ex.getMessage());
			}
			throw ex;
		}
	}

	@Override
	public String host() {
		return this.registry.host();
	}

	@Override
	public Optional<Digest> digest(ImageName image, String tag) {
		return told(() -> this.registry.digest(image, tag));
	}

	@Override
	public boolean holds(ImageName image, Digest digest) {
		return told(() -> this.registry.holds(image, digest));
	}

	@Override
	public Optional<Map<String, String>> labels(ImageName image, Digest digest) {
		return told(() -> this.registry.labels(image, digest));
	}

	@Override
	public Map<String, Digest> tags(ImageName image) {
		return told(() -> this.registry.tags(image));
	}

	@Override
	public void push(Path layout, Digest digest, ImageName image, List<ImageTag> tags, Runnable stillOurs) {
		told(() -> {
			this.registry.push(layout, digest, image, tags, stillOurs);
			return true;
		});
	}

	@Override
	public void tag(ImageName image, Digest digest, List<ImageTag> tags, Runnable stillOurs) {
		told(() -> {
			this.registry.tag(image, digest, tags, stillOurs);
			return true;
		});
	}

}
