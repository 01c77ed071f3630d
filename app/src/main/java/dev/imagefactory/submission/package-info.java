/**
 * From the queue to the engine, once: claims queued builds, fixes their runs and hands
 * them over under their builds' names.
 * <p>
 * In: queued builds. Out: runs at the engine. Store, act, record: the run is stored
 * before the engine is asked, an unknown outcome is looked up by name, and no build ever
 * has a second name. May import source, image, build, pipeline, engine, git, publication
 * and onboarding.
 */
@NullMarked
package dev.imagefactory.submission;

import org.jspecify.annotations.NullMarked;
