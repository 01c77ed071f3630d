/**
 * From an accepted delivery or an API request to orders, with every rule's verdict.
 * <p>
 * In: events and requests. Out: orders with their first builds, or the reason why not.
 * The rules are pure; what must ask the repository is planned in the background.
 * Implements {@code intake.Triage}. May import source, image, intake, onboarding, build,
 * pipeline, registry, git, github and rendering.
 */
@NullMarked
package dev.imagefactory.planning;

import org.jspecify.annotations.NullMarked;
