/**
 * Orders, their builds and the state machine of a build.
 * <p>
 * In: orders from planning, facts about runs from submission and tracking. Out: builds,
 * their history and the tags they hold. Pure: no Spring, no clock, no SQL (that is in
 * {@code build.jdbc}). May import source, image, onboarding and pipeline.
 */
@NullMarked
package dev.imagefactory.build;

import org.jspecify.annotations.NullMarked;
