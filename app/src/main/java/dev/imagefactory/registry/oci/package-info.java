/**
 * Any registry that speaks the OCI distribution API, over HTTP.
 * <p>
 * In: local OCI layouts and tags. Out: digests, tags and labels as the registry answers
 * them. May import registry, source and image only.
 */
@NullMarked
package dev.imagefactory.registry.oci;

import org.jspecify.annotations.NullMarked;
