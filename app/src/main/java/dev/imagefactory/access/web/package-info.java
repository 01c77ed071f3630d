/**
 * Guards every path: Host and Origin checks, bearer token, session cookie, the sign-in
 * page, and the headers that keep browsers strict.
 * <p>
 * In: requests. Out: requests with a known actor, a way to sign in, or
 * {@code AccessRefused} for the one place that writes problems. May import access.
 */
@NullMarked
package dev.imagefactory.access.web;

import org.jspecify.annotations.NullMarked;
