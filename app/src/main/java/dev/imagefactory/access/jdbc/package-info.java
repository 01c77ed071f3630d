/**
 * Idempotency keys in the table {@code idempotency}.
 * <p>
 * In: keys and answers. Out: what was stored first. May import access.
 */
@NullMarked
package dev.imagefactory.access.jdbc;

import org.jspecify.annotations.NullMarked;
