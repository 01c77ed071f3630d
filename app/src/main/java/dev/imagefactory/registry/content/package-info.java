/**
 * What images consist of, as every registry of ours reads and writes it: descriptors,
 * manifests, configurations, and the files of a local layout (OCI image-spec).
 * <p>
 * In: bytes and folders. Out: documents that are what they should be. May import
 * registry, source and image only.
 */
@NullMarked
package dev.imagefactory.registry.content;

import org.jspecify.annotations.NullMarked;
