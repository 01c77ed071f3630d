/**
 * The values of a run: what was ordered, what is submitted to an engine, the steps and
 * the scan's result.
 * <p>
 * In: decisions of planning. Out: what submission hands to an engine. May import source,
 * image and onboarding.
 */
@NullMarked
package dev.imagefactory.pipeline;

import org.jspecify.annotations.NullMarked;
