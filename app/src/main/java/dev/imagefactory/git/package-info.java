/**
 * Repositories as git sees them: refs, commits and trees, read over the git protocol.
 * <p>
 * In: clone URLs, refs and commits. Out: pinned commits and checked out trees. May import
 * source and image only.
 */
@NullMarked
package dev.imagefactory.git;

import org.jspecify.annotations.NullMarked;
