/**
 * The engine that runs builds on this host itself: clone, build with a builder found
 * here, scan, push.
 * <p>
 * In: a {@code Run}. Out: {@code RunStatus}. Builders, scanners and child processes are
 * known here only.
 */
@NullMarked
package dev.imagefactory.engine.local;

import org.jspecify.annotations.NullMarked;
