/**
 * Who may build what: teams, their repositories, image prefixes, gate policies, webhook
 * secrets with their scope, pinned repository ids and image ownership.
 * <p>
 * In: settings and the identities of verified deliveries. Out: the team and rule that
 * apply to a repository. May import source and image only.
 */
@NullMarked
package dev.imagefactory.onboarding;

import org.jspecify.annotations.NullMarked;
