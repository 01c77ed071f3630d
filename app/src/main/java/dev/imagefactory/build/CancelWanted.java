package dev.imagefactory.build;

import dev.imagefactory.pipeline.BuildId;

/**
 * Published after the commit when an open build changed that somebody wants to end: a
 * hint that saves waiting for the next look.
 *
 * @param build the build
 */
public record CancelWanted(BuildId build) {

}
