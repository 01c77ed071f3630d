/**
 * What runs a build, as we talk to it: the port, its answers in our own words, and the
 * logs of its steps.
 * <p>
 * In: a {@code Run}. Out: {@code RunStatus}. May import source, image, pipeline,
 * rendering, registry, git and onboarding.
 */
@NullMarked
package dev.imagefactory.engine;

import org.jspecify.annotations.NullMarked;
