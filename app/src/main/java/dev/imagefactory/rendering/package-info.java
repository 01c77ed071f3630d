/**
 * What may travel into a run, judged without asking anybody.
 * <p>
 * In: texts that came from outside. Out: whether they may become a parameter. Pure: no
 * clock, client or Spring. May import source, image, pipeline and onboarding.
 */
@NullMarked
package dev.imagefactory.rendering;

import org.jspecify.annotations.NullMarked;
