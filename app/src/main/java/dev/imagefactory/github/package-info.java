/**
 * GitHub as we talk to it: the parts of its webhook payloads that we read.
 * <p>
 * In: verified JSON. Out: events as records. May import source, image and git.
 */
@NullMarked
package dev.imagefactory.github;

import org.jspecify.annotations.NullMarked;
