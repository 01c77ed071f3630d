/**
 * What a registry holds: image names, tags and their classes, references and digests as
 * values.
 * <p>
 * In: text. Out: values that follow the OCI distribution specification. May import source
 * (for {@code InvalidValue}) only.
 */
@NullMarked
package dev.imagefactory.image;

import org.jspecify.annotations.NullMarked;
