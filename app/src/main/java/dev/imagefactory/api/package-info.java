/**
 * Everything under {@code /api/v1}, the problem types that all answers use, and the
 * OpenAPI document. HTTP only: what is decided is decided elsewhere.
 * <p>
 * In: requests of known actors. Out: JSON as the contract words it, problems, logs as
 * text or events. May import everything but dashboard.
 */
@NullMarked
package dev.imagefactory.api;

import org.jspecify.annotations.NullMarked;
