/** The databases that every test of stored things runs on. */
@NullMarked
package dev.imagefactory.database;

import org.jspecify.annotations.NullMarked;
