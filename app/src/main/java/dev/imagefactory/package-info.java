/**
 * Image Factory: from a signed webhook to a scanned, traceable image.
 * <p>
 * The way of a build, in order: {@code intake} verifies and stores a delivery,
 * {@code planning} decides and orders, {@code build} holds orders, builds and the state
 * machine, {@code submission} hands runs to the {@code engine}, {@code tracking} brings
 * state in line with what the engine and the {@code registry} say. {@code api} and
 * {@code dashboard} show it. This package holds what ties them together: the main class,
 * the data source and its start checks, the clock and the background work. It may import
 * all others; none imports it.
 */
@NullMarked
package dev.imagefactory;

import org.jspecify.annotations.NullMarked;
