/**
 * The way from the queue into the engine: every build is given to it once.
 * <p>
 * In: queued builds. Out: runs that were submitted under a stored name. May import
 * source, image, build, pipeline, engine, git, publication and onboarding.
 */
@NullMarked
package dev.imagefactory.submission;

import org.jspecify.annotations.NullMarked;
