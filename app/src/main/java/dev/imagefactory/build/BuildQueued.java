package dev.imagefactory.build;

import dev.imagefactory.pipeline.BuildId;

/**
 * Published after the commit when a build was queued: a hint that saves waiting for the
 * next look.
 *
 * @param build the build
 * @param push whether a push asked for it, so that newer pushes may make it pointless
 */
public record BuildQueued(BuildId build, boolean push) {

}
