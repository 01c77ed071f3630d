package dev.imagefactory.planning;

import java.util.List;

import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.RepositoryPattern;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.Provider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RefRulesTests {

	private static final CommitSha COMMIT = CommitSha.of("0123456789abcdef0123456789abcdef01234567");

	@ParameterizedTest
	@ValueSource(strings = { "refs/tags/v{{=1}}", "refs/tags/v$(id)", "refs/tags/a\u0001", "refs/tags/a b",
			"refs/tags/", "v1", "refs/tags/a}}b" })
	void usableWhenRefMayNotTravelFails(String ref) {
		assertThatExceptionOfType(PlanningFailure.class).isThrownBy(() -> RefRules.usable(ref))
			.satisfies((failure) -> assertThat(failure.reason()).isEqualTo("ref-unusable"));
	}

	@Test
	void usableWhenRefIsHugeFails() {
		assertThatExceptionOfType(PlanningFailure.class)
			.isThrownBy(() -> RefRules.usable("refs/tags/" + "v".repeat(4000)))
			.withMessage("The ref is longer than 255 characters. Use another name, and publish again.");
	}

	@Test
	void releaseWhenTagIsPlainIsTaggedByNameAndCommit() {
		assertThat(RefRules.release(GitRef.tag("v1.0.0"), COMMIT, List.of()))
			.containsExactly(ImageTag.release("v1.0.0"), ImageTag.sha(COMMIT));
	}

	@ParameterizedTest
	@ValueSource(strings = { "dev", "latest", "sha-0123456789ab", "v1-rebuild.3" })
	void releaseWhenTagIsOneOfOursIsRefused(String tag) {
		assertThatExceptionOfType(PlanningFailure.class)
			.isThrownBy(() -> RefRules.release(GitRef.tag(tag), COMMIT, List.of()))
			.satisfies((failure) -> assertThat(failure.reason()).isEqualTo("tag-reserved"));
	}

	@Test
	void floatingWhenLatestIsAskedForIsGainedByStableReleasesOnly() {
		RepositoryRule asks = new RepositoryRule(RepositoryPattern.of("acme/app"), Provider.GITHUB, null, List.of(),
				null, true, null, null, List.of(), false);
		assertThat(RefRules.floating(asks, GitRef.tag("v1.0.0"), false)).containsExactly(ImageTag.latest());
		assertThat(RefRules.floating(asks, GitRef.tag("v1.0.0"), true)).as("called a pre-release").isEmpty();
		assertThat(RefRules.floating(asks, GitRef.tag("v1.0.0-rc.1"), false)).as("named as one").isEmpty();
		assertThat(RefRules.floating(RepositoryRule.standard("acme/app"), GitRef.tag("v1.0.0"), false)).isEmpty();
		assertThat(RefRules.release(GitRef.tag("v1.0.0"), COMMIT, List.of(ImageTag.latest())))
			.containsExactly(ImageTag.release("v1.0.0"), ImageTag.sha(COMMIT), ImageTag.latest());
	}

	@Test
	void mainIsTaggedDevAndByCommit() {
		assertThat(RefRules.main(COMMIT)).containsExactly(ImageTag.devSha(COMMIT), ImageTag.dev());
	}

}
