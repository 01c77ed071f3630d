package dev.imagefactory.build;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.ScannedImage;

/**
 * An image that an attempt at an order was about to push, whether or not it arrived.
 *
 * @param build the attempt
 * @param image the image with its scan
 */
public record Attempted(BuildId build, ScannedImage image) {

}
