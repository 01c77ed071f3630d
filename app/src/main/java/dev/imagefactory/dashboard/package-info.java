/**
 * The pages: the latest builds, and one build with everything known of it. Read-only.
 * <p>
 * In: stored builds. Out: HTML in which every text from outside is escaped. May import
 * everything but api; it names the API's addresses only as links.
 */
@NullMarked
package dev.imagefactory.dashboard;

import org.jspecify.annotations.NullMarked;
