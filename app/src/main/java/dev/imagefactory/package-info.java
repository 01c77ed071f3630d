/**
 * The process: its start, the settings it accepts, the data directory, the data source
 * and the clock.
 * <p>
 * In: settings. Out: a running service, or one message that says what to correct. May
 * import everything.
 */
@NullMarked
package dev.imagefactory;

import org.jspecify.annotations.NullMarked;
