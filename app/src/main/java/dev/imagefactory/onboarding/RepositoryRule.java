package dev.imagefactory.onboarding;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;

/**
 * What the settings say of one repository, or of all repositories of an owner.
 *
 * @param pattern which repositories it is for
 * @param provider their host
 * @param id the provider's own id when the settings pin it; always there with own secrets
 * @param branches branches whose pushes are built; empty means the default branch
 * @param image another image name than {@code <prefix>/<repository>}
 * @param latest whether {@code latest} follows stable releases
 * @param cloneUrl where to clone from when it is not {@code <web-url>/<owner>/<name>.git}
 * @param credentialsFile the file with a token for a private clone, if any
 * @param secretFiles the repository's own webhook secrets, current first; empty means the
 * shared ones apply
 * @param badgePublic whether anybody may see the repository's badge
 */
public record RepositoryRule(RepositoryPattern pattern, Provider provider, @Nullable RepositoryId id,
		List<String> branches, @Nullable ImageName image, boolean latest, @Nullable URI cloneUrl,
		@Nullable Path credentialsFile, List<Path> secretFiles, boolean badgePublic) {

	public RepositoryRule {
		branches = List.copyOf(branches);
		secretFiles = List.copyOf(secretFiles);
	}

	/**
	 * A rule that says nothing but which repositories it is for.
	 * @param pattern such as {@code acme/app} or {@code acme/*}
	 * @return the rule with every default
	 */
	public static RepositoryRule standard(String pattern) {
		return new RepositoryRule(RepositoryPattern.of(pattern), Provider.GITHUB, null, List.of(), null, false, null,
				null, List.of(), false);
	}

	/**
	 * Whether deliveries of this repository are signed with secrets of its own.
	 * @return false when the shared secrets apply
	 */
	public boolean hasOwnSecrets() {
		return !this.secretFiles.isEmpty();
	}

}
