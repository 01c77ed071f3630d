/**
 * What the registry shows of a build.
 * <p>
 * In: a build whose run is over. Out: whether its image is published. May import source,
 * image, onboarding, build, pipeline and registry.
 */
@NullMarked
package dev.imagefactory.publication;

import org.jspecify.annotations.NullMarked;
