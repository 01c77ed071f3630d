/**
 * The audit's rows in a relational database; they are only ever added.
 * <p>
 * In: an actor, an action and its subject. Out: rows of table {@code audit}, in the
 * caller's transaction. May import what {@code audit} may.
 */
@NullMarked
package dev.imagefactory.audit.jdbc;

import org.jspecify.annotations.NullMarked;
