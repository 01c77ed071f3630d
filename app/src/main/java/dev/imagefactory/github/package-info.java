/**
 * GitHub's own API and the credentials for it.
 * <p>
 * In: settings. Out: what GitHub answers, and tokens for private clones. May import
 * source, image and git only.
 */
@NullMarked
package dev.imagefactory.github;

import org.jspecify.annotations.NullMarked;
