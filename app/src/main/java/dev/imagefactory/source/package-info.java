/**
 * Where code lives: providers, repositories, refs, commits and deliveries as values.
 * <p>
 * In: text from requests, settings and git. Out: values that are good. May import nothing
 * of ours.
 */
@NullMarked
package dev.imagefactory.source;

import org.jspecify.annotations.NullMarked;
