/**
 * The demo: a sample repository, a signed webhook to ourselves, and the story of the
 * build on standard output. Only with profile {@code demo}.
 * <p>
 * In: the running service's address and data directory. Out: text for a person. Part of
 * the root: may import all, is imported by none.
 */
@NullMarked
package dev.imagefactory.demo;

import org.jspecify.annotations.NullMarked;
