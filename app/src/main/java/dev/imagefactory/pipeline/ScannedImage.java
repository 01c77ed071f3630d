package dev.imagefactory.pipeline;

import dev.imagefactory.image.Digest;

/**
 * An image that a run has built and scanned and is about to push: the only one that may
 * ever be taken for its image.
 *
 * @param digest the image
 * @param scan its scan
 */
public record ScannedImage(Digest digest, ScanSummary scan) {

}
