package dev.imagefactory.image;

import java.nio.charset.StandardCharsets;

import dev.imagefactory.source.InvalidValue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ReleaseTagsTests {

	@ParameterizedTest
	@ValueSource(strings = { "v1.2.3", "1.0", "release_1", "V1-rc.1", "_x", "_xyz", "a__b" })
	void ofWhenNameIsATagKeepsIt(String name) {
		assertThat(ReleaseTags.of(name)).isEqualTo(ImageTag.release(name));
	}

	@ParameterizedTest
	@CsvSource({ "v1.0.0+build.5,v1.0.0_x2bbuild.5", "feature/x,feature_x2fx", "-x,_x2dx", ".x,_x2ex", "v_x2b,v_x5fx2b",
			"é,_xc3_xa9" })
	void ofWhenNameIsNoTagEscapesBytes(String name, String expected) {
		assertThat(ReleaseTags.of(name).name()).isEqualTo(expected);
	}

	@Test
	void ofWhenResultIsTooLongRefuses() {
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> ReleaseTags.of("v".repeat(129)))
			.withMessageContaining("128");
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> ReleaseTags.of("+".repeat(33)));
		assertThat(ReleaseTags.of("v".repeat(128)).name()).hasSize(128);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dev", "latest", "sha-0123456789ab", "dev-0123456789ab", "v1-rebuild.1", "-rebuild.7" })
	void isReservedWhenNameReadsAsOurOwnIsTrue(String name) {
		assertThat(ReleaseTags.isReserved(new ImageTag(name.startsWith("-") ? "v" + name : name, TagClass.RELEASE)))
			.isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Dev", "latest1", "sha-0123456789a", "sha-0123456789abc", "dev-0123456789aG", "rebuild.1",
			"v1-rebuild.", "v1-rebuild.1a" })
	void isReservedWhenNameIsSomethingElseIsFalse(String name) {
		assertThat(ReleaseTags.isReserved(ImageTag.release(name))).isFalse();
	}

	@Property(tries = 5000)
	void ofIsInjective(@ForAll("gitTags") String one, @ForAll("gitTags") String other) {
		assertThat(ReleaseTags.of(one).equals(ReleaseTags.of(other))).isEqualTo(one.equals(other));
	}

	@Property(tries = 5000)
	void ofCanBeReadBack(@ForAll("gitTags") String name) {
		assertThat(unescape(ReleaseTags.of(name).name())).isEqualTo(name);
	}

	/** Few characters, so that names that look alike come up often. */
	@Provide
	Arbitrary<String> gitTags() {
		return Arbitraries.strings().withChars("_x25fbdv/.-+é").ofMinLength(1).ofMaxLength(10);
	}

	private static String unescape(String tag) {
		byte[] bytes = new byte[tag.length()];
		int length = 0;
		for (int i = 0; i < tag.length(); i++) {
			if (tag.substring(i).matches("_x[0-9a-f]{2}.*")) {
				bytes[length++] = (byte) Integer.parseInt(tag.substring(i + 2, i + 4), 16);
				i += 3;
			}
			else {
				bytes[length++] = (byte) tag.charAt(i);
			}
		}
		return new String(bytes, 0, length, StandardCharsets.UTF_8);
	}

}
