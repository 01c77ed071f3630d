package dev.imagefactory.source;

import java.time.Instant;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SourceValuesTests {

	@ParameterizedTest
	@ValueSource(strings = { "acme/app", "A-b/.github", "a_b/C.d", "a/b" })
	void repositoryNameWhenGitHubTakesItIsGood(String value) {
		assertThat(RepositoryName.of(value)).hasToString(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "app", "a/", "/a", "a/..", "a/.", "-a/b", "a/b/c", "a b/c", "é/c", "a/b?c" })
	void repositoryNameWhenGitHubRefusesItIsRefused(String value) {
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> RepositoryName.of(value));
	}

	@Test
	void repositoryNameIsComparedWithoutCase() {
		assertThat(RepositoryName.of("Acme/App").isSameAs(RepositoryName.of("acme/APP"))).isTrue();
		assertThat(RepositoryName.of("acme/app").isSameAs(RepositoryName.of("acme/app2"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "refs/tags/v1", "refs/heads/feature/x", "refs/tags/v{{=1}}", "refs/tags/v$(id)",
			"refs/tags/-x", "refs/heads/é", "refs/tags/v1+b" })
	void gitRefWhenGitTakesItIsGood(String value) {
		assertThat(GitRef.of(value)).hasToString(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "v1", "refs/notes/x", "refs/tags/", "refs/tags/a..b", "refs/tags/a b", "refs/tags/a~1",
			"refs/tags/a^", "refs/tags/a:b", "refs/tags/a?", "refs/tags/a*", "refs/tags/a[", "refs/tags/a\\\\b",
			"refs/tags/a.lock", "refs/tags/.a", "refs/tags/a.", "refs/tags/a/", "refs/tags/a//b", "refs/tags/a@{b",
			"refs/tags/a\u0007", "refs/tags/a\u007f" })
	void gitRefWhenGitRefusesItIsRefused(String value) {
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> GitRef.of(value));
	}

	@Test
	void gitRefWhenTextIsNoUnicodeIsRefused() {
		String loneSurrogate = "refs/tags/a" + (char) 0xD800;
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> GitRef.of(loneSurrogate));
	}

	@Test
	void gitRefKnowsItsKind() {
		assertThat(GitRef.tag("v1").isTag()).isTrue();
		assertThat(GitRef.tag("v1").shortName()).isEqualTo("v1");
		assertThat(GitRef.branch("a/b").isTag()).isFalse();
		assertThat(GitRef.branch("a/b").shortName()).isEqualTo("a/b");
	}

	@Property
	void gitRefNeverThrowsAnythingElse(@ForAll String text) {
		try {
			assertThat(GitRef.tag(text).shortName()).isEqualTo(text);
		}
		catch (InvalidValue expected) {
			assertThat(expected).hasMessageContaining("git ref");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0123", "0123456789ABCDEF0123456789abcdef01234567",
			"0000000000000000000000000000000000000000", "g123456789abcdef0123456789abcdef01234567" })
	void commitShaWhenNotFortyDigitsIsRefused(String value) {
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> CommitSha.of(value));
	}

	@Test
	void invalidValueNeverShowsControlCharactersOrLongTexts() {
		InvalidValue refusal = new InvalidValue("thing", "a\nb" + "c".repeat(500), "expected another");
		assertThat(refusal.getMessage()).doesNotContain("\n").contains("a?b").hasSizeLessThan(160);
	}

	@Test
	void deliveryIdsSortByTime() {
		DeliveryId first = DeliveryId.next(Instant.ofEpochMilli(1_000));
		DeliveryId second = DeliveryId.next(Instant.ofEpochMilli(2_000));
		assertThat(first.value()).isLessThan(second.value());
		assertThat(DeliveryId.of(first.value())).isEqualTo(first);
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> DeliveryId.of(first.value().toLowerCase()));
	}

	@Test
	void providersAreReadByTheirWireNames() {
		assertThat(Provider.of("github")).isEqualTo(Provider.GITHUB);
		assertThat(Provider.of("azure-devops")).isEqualTo(Provider.AZURE_DEVOPS);
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> Provider.of("gitlab"));
		assertThat(RepositoryId.github(7)).hasToString("github:7");
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> RepositoryId.github(0));
	}

}
