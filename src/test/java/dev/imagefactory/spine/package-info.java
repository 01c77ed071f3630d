/** Planning, submission and tracking over a real database, with a strict fake outside. */
@NullMarked
package dev.imagefactory.spine;

import org.jspecify.annotations.NullMarked;
