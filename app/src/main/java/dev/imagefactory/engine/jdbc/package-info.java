/**
 * The engines' tables. In: the values of engine.local. Out: the same, as stored.
 */
@NullMarked
package dev.imagefactory.engine.jdbc;

import org.jspecify.annotations.NullMarked;
