/**
 * The way from a raw request to a stored delivery.
 * <p>
 * In: requests as they came. Out: verified deliveries that are stored before they are
 * answered. May import source, image, onboarding and github.
 */
@NullMarked
package dev.imagefactory.intake;

import org.jspecify.annotations.NullMarked;
