package dev.imagefactory.registry;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes what a process wrote to tags that move, floating and pinned ones, after it had
 * lost the right to: it was frozen between the question and the write, and others may
 * have moved the tags since.
 */
public final class TagRepair {

	private static final Logger logger = LoggerFactory.getLogger(TagRepair.class);

	/**
	 * Others may publish while it is put back; each of them would have to be as quick.
	 */
	private static final int MOST_ROUNDS = 5;

	private final Registry registry;

	/**
	 * Creates the repair.
	 * @param registry the registry
	 */
	public TagRepair(Registry registry) {
		this.registry = registry;
	}

	/**
	 * Puts back those tags that point at an image; such as are written once are left
	 * alone. What goes wrong is logged and not thrown, because the caller has his own
	 * failure to tell.
	 * @param image the image's name
	 * @param written what the caller wrote
	 * @param tags the tags that he may have written
	 * @param known what a tag is known to point at; empty when it is to stay as it is
	 * @return false when that is to be asked for again, because somebody did not answer;
	 * a refusal of the registry is an answer
	 */
	public boolean putBack(ImageName image, Digest written, List<ImageTag> tags,
			Function<ImageTag, Optional<Digest>> known) {
		boolean settled = true;
		for (ImageTag tag : tags) {
			if (!tag.tagClass().isWrittenOnce()) {
				settled &= isSettled(image, written, tag, known);
			}
		}
		return settled;
	}

	private boolean isSettled(ImageName image, Digest written, ImageTag tag,
			Function<ImageTag, Optional<Digest>> known) {
		try {
			return isPutBack(image, written, tag, known);
		}
		catch (RuntimeException ex) {
			logger.warn("Tag {} of {} may point at {} although a newer image has it: {}", tag, image, written,
					ex.getMessage());
			return ex instanceof RegistryRefused || ex instanceof InvalidImage;
		}
	}

	private boolean isPutBack(ImageName image, Digest written, ImageTag tag,
			Function<ImageTag, Optional<Digest>> known) {
		Digest last = written;
		for (int round = 0; round < MOST_ROUNDS; round++) {
			Optional<Digest> right = known.apply(tag);
			if (right.isEmpty() || right.get().equals(last)
					|| !this.registry.digest(image, tag.name()).equals(Optional.of(last))) {
				return true;
			}
			last = right.get();
			this.registry.tag(image, last, List.of(tag), () -> {
			});
			logger.warn("Tag {} of {} is put back to {}: this process was held up while it wrote, and lost the tag",
					tag, image, last);
		}
		return false;
	}

}
