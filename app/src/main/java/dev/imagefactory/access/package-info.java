/**
 * Who may ask: the admin token, the one-time sign-in link, sessions, and the keys that
 * make a repeated request the same request.
 * <p>
 * In: settings and what a caller shows. Out: an actor's name, or {@code AccessRefused}.
 * May import source, image, onboarding and audit. Subpackages: {@code access.web} guards
 * every path, {@code access.jdbc} stores idempotency keys.
 */
@NullMarked
package dev.imagefactory.access;

import org.jspecify.annotations.NullMarked;
