package dev.imagefactory.build;

import dev.imagefactory.pipeline.BuildId;

/**
 * Published after the commit when a build was queued or an end state freed a place: a
 * hint that saves waiting for the next look.
 *
 * @param build the build
 */
public record BuildQueued(BuildId build) {

}
