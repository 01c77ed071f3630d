/**
 * What the engine and the registry say of open builds becomes stored state.
 * <p>
 * In: run statuses, hints and the registry's answers. Out: build events, applied and
 * stored. A hint saves time; the list is the truth. May import source, image, build,
 * pipeline, engine, publication and audit.
 */
@NullMarked
package dev.imagefactory.tracking;

import org.jspecify.annotations.NullMarked;
