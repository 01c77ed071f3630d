/**
 * Decides what is built: from a delivery or a request to orders and builds, with every
 * rule's verdict.
 * <p>
 * In: events, requests of the API, the onboarded repositories, refs. Out: orders, or why
 * there are none. May import source, image, intake, onboarding, build, pipeline,
 * registry, git, github and rendering.
 */
@NullMarked
package dev.imagefactory.planning;

import org.jspecify.annotations.NullMarked;
