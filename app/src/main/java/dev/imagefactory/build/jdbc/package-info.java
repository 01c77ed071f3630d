/**
 * Orders, builds and tags in a relational database.
 * <p>
 * In: the values of package {@code build}. Out: the same values, and {@code BuildQueued}
 * and {@code CancelWanted} after a commit. Every method that writes joins the caller's
 * transaction or makes one; the SQL is what H2 (PostgreSQL mode) and PostgreSQL both
 * take. May import what {@code build} may.
 */
@NullMarked
package dev.imagefactory.build.jdbc;

import org.jspecify.annotations.NullMarked;
