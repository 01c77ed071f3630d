/**
 * The self-check: is the installation as it should be, and if not, what mends it.
 * <p>
 * In: the checkups of the parts that know what they need. Out: checks with a verdict, for
 * the API and, at the start, for the log. May import everything but api and dashboard.
 */
@NullMarked
package dev.imagefactory.doctor;

import org.jspecify.annotations.NullMarked;
