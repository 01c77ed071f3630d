/**
 * The service as a whole: its main class, the data source with its checks at start, the
 * clock and the scheduler.
 * <p>
 * In: settings and command line. Out: a running process. May import everything; nobody
 * but the demo imports it.
 */
@NullMarked
package dev.imagefactory;

import org.jspecify.annotations.NullMarked;
