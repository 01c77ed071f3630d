/**
 * From a raw webhook request to a stored delivery: cap, signature, form, scope, first
 * decision, one transaction, then the answer.
 * <p>
 * In: bytes and headers. Out: stored deliveries, and for each what was decided. Only the
 * verifier makes a {@code VerifiedDelivery}. Declares the port {@code Triage}. May import
 * source, image, onboarding and github.
 */
@NullMarked
package dev.imagefactory.intake;

import org.jspecify.annotations.NullMarked;
