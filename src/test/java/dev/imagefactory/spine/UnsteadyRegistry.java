package dev.imagefactory.spine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.ImageLabels;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.layout.TestImages;
import org.jspecify.annotations.Nullable;

/** The real embedded registry, which may fall silent or deny what it holds. */
public final class UnsteadyRegistry implements Registry {

	/** Whether it does not answer. */
	public volatile boolean silent;

	/** Whether it refuses to point tags at what it holds. */
	public volatile boolean readOnly;

	/** Whether it answers whoever asks, and not who wants to point tags. */
	public volatile boolean busy;

	/** What it says that it does not hold. */
	public final Set<Digest> denied = ConcurrentHashMap.newKeySet();

	/** What happens while it is asked for a tag. */
	public volatile Runnable meanwhile = () -> {
	};

	/** What happens once, between the last question and the write of a tag. */
	public volatile @Nullable Runnable frozen;

	private final Path directory;

	private final Registry registry;

	UnsteadyRegistry(Path directory) {
		this.directory = directory;
		this.registry = TestImages.registry(directory);
	}

	/** Makes an image whose label names a build, without pushing it. */
	public Local make(String build) {
		Path layout = this.directory.resolve("made").resolve(UUID.randomUUID().toString());
		return new Local(layout, TestImages.make(layout, Map.of("made", layout.getFileName().toString()),
				Map.of(ImageLabels.BUILD, build)));
	}

	/** Makes and pushes an image whose label names a build. */
	public Digest publish(String build, ImageName image, List<ImageTag> tags) {
		Local local = make(build);
		push(local.layout(), local.digest(), image, tags, TestImages.UNGUARDED);
		return local.digest();
	}

	@Override
	public String host() {
		return this.registry.host();
	}

	@Override
	public Optional<Digest> digest(ImageName image, String tag) {
		answer();
		this.meanwhile.run();
		return this.registry.digest(image, tag).filter((digest) -> !this.denied.contains(digest));
	}

	@Override
	public boolean holds(ImageName image, Digest digest) {
		answer();
		return !this.denied.contains(digest) && this.registry.holds(image, digest);
	}

	@Override
	public Optional<Map<String, String>> labels(ImageName image, Digest digest) {
		answer();
		return this.registry.labels(image, digest);
	}

	@Override
	public Map<String, Digest> tags(ImageName image) {
		answer();
		return this.registry.tags(image);
	}

	@Override
	public void push(Path layout, Digest digest, ImageName image, List<ImageTag> tags, Runnable stillOurs) {
		this.registry.push(layout, digest, image, tags, stillOurs);
	}

	@Override
	public void tag(ImageName image, Digest digest, List<ImageTag> tags, Runnable stillOurs) {
		answer();
		if (this.busy) {
			throw new RegistryUnavailable("The registry is busy.");
		}
		if (this.readOnly) {
			throw new RegistryRefused("The registry takes no tags.");
		}
		Runnable freeze = this.frozen;
		this.frozen = null;
		if (freeze == null) {
			this.registry.tag(image, digest, tags, stillOurs);
			return;
		}
		stillOurs.run();
		freeze.run();
		this.registry.tag(image, digest, tags, TestImages.UNGUARDED);
		stillOurs.run();
	}

	private void answer() {
		if (this.silent) {
			throw new RegistryUnavailable("The registry did not answer.");
		}
	}

	/** An image that is not pushed yet. */
	public record Local(Path layout, Digest digest) {
	}

}
