/**
 * Who did what: rows that are only ever added.
 * <p>
 * In: an actor, an action and its subject. Out: the rows. May import source and image
 * only.
 */
@NullMarked
package dev.imagefactory.audit;

import org.jspecify.annotations.NullMarked;
