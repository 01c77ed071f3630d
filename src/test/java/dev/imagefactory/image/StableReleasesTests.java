package dev.imagefactory.image;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StableReleasesTests {

	@ParameterizedTest
	@ValueSource(strings = { "1.0.0", "v1.0.0+build.7", "2024.05.01", "v1.2", "release-7", "prelude", "arc-1", "devon2",
			"1.2.3.4" })
	void isStableWhenNameSaysNothingElseIsTrue(String tag) {
		assertThat(StableReleases.isStable(tag)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0.0-rc.1", "v1.0.0-0", "v1.0-rc1", "2024.05.01-beta", "nightly", "Nightly-3",
			"1.2-SNAPSHOT", "v2alpha1", "pre_3" })
	void isStableWhenNameSaysPreReleaseIsFalse(String tag) {
		assertThat(StableReleases.isStable(tag)).isFalse();
	}

}
