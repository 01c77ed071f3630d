/**
 * The webhook endpoint: reads bodies without holding a thread for slow senders, hands
 * them to the inbox and writes its answer.
 * <p>
 * In: HTTP requests. Out: answers as the contract fixes them. May import what intake may.
 */
@NullMarked
package dev.imagefactory.intake.web;

import org.jspecify.annotations.NullMarked;
