package dev.imagefactory.image;

import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.InvalidValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ImageValuesTests {

	@ParameterizedTest
	@ValueSource(strings = { "app", "payments/app", "a/b/c", "a-b", "a--b", "a_b", "a__b", "a.b", "0/1" })
	void imageNameWhenRegistriesTakeItIsGood(String value) {
		assertThat(ImageName.of(value)).hasToString(value);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "/", "App", "a/", "/a", "a//b", "a___b", "a..b", "-a", "a-", "a b", "a:b", "../a", "é" })
	void imageNameWhenRegistriesRefuseItIsRefused(String value) {
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> ImageName.of(value))
			.withMessageContaining("image name");
	}

	@Test
	void imageNameWhenTooLongIsRefused() {
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> ImageName.of("a".repeat(201)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".a", "-a", "a b", "a/b", "a:b", "a+b", "é" })
	void imageTagWhenRegistriesRefuseItIsRefused(String value) {
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> ImageTag.release(value));
	}

	@Test
	void tagsOfOurOwnAreNamedAsPromised() {
		CommitSha commit = CommitSha.of("0123456789abcdef0123456789abcdef01234567");
		assertThat(ImageTag.sha(commit)).isEqualTo(new ImageTag("sha-0123456789ab", TagClass.PINNED));
		assertThat(ImageTag.devSha(commit)).isEqualTo(new ImageTag("dev-0123456789ab", TagClass.PINNED));
		assertThat(ImageTag.rebuild(ImageTag.release("v1"), 2))
			.isEqualTo(new ImageTag("v1-rebuild.2", TagClass.REBUILD));
		assertThat(TagClass.RELEASE.isWrittenOnce()).isTrue();
		assertThat(TagClass.REBUILD.isWrittenOnce()).isTrue();
		assertThat(TagClass.PINNED.isWrittenOnce()).isFalse();
		assertThat(TagClass.FLOATING.isWrittenOnce()).isFalse();
	}

	@Test
	void digestIsOfTheBytes() {
		Digest digest = Digest.ofBytes(new byte[0]);
		assertThat(digest.hex()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
		assertThat(Digest.of(digest.value())).isEqualTo(digest);
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> Digest.of("sha256:E3"));
	}

}
