/**
 * Repositories that were seen and image names that were claimed, in the database.
 * <p>
 * In: identities of verified deliveries. Out: the ports of onboarding. May import source,
 * image and onboarding.
 */
@NullMarked
package dev.imagefactory.onboarding.jdbc;

import org.jspecify.annotations.NullMarked;
