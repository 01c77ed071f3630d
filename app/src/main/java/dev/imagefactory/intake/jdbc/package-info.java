/**
 * Deliveries in the database: one row each, and their bodies compressed in parts.
 * <p>
 * In: verified deliveries and what is decided of them. Out: the same, as stored. May
 * import what intake may.
 */
@NullMarked
package dev.imagefactory.intake.jdbc;

import org.jspecify.annotations.NullMarked;
