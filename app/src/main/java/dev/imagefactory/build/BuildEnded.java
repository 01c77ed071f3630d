package dev.imagefactory.build;

import dev.imagefactory.pipeline.BuildId;

/**
 * Published after the commit when a build came to its end, which freed its place and its
 * tags: a hint that saves waiting for the next look.
 *
 * @param build the build
 */
public record BuildEnded(BuildId build) {

}
