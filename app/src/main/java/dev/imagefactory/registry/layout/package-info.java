/**
 * The embedded registry: one OCI layout per image on this host's disk, which skopeo and
 * buildah read as it is (OCI image-spec, "Image Layout").
 * <p>
 * In: local OCI layouts and tags. Out: digests, tags and labels as the disk holds them.
 * May import registry, source and image only.
 */
@NullMarked
package dev.imagefactory.registry.layout;

import org.jspecify.annotations.NullMarked;
