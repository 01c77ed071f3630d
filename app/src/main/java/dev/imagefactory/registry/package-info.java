/**
 * The registry that holds the images, as we talk to it.
 * <p>
 * In: local OCI layouts and tags. Out: digests, tags and labels as the registry confirms
 * them. May import source and image only.
 */
@NullMarked
package dev.imagefactory.registry;

import org.jspecify.annotations.NullMarked;
