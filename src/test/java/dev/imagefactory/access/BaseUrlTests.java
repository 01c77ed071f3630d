package dev.imagefactory.access;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BaseUrlTests {

	@ParameterizedTest
	@CsvSource({ "http://127.0.0.1:8080,http://127.0.0.1:8080",
			"https://Images.Example.com/,https://images.example.com",
			"https://images.example.com:443,https://images.example.com", "http://[::1]:80,http://[::1]",
			"https://images.example.com:8443,https://images.example.com:8443" })
	void ofWhenAnAddressGivesItsOrigin(String text, String origin) {
		assertThat(BaseUrl.of(text).origin()).isEqualTo(origin);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "images.example.com", "ftp://images.example.com", "https://", "https://a b",
			"https://me@images.example.com", "https://images.example.com/path", "https://images.example.com?x",
			"//images.example.com" })
	void ofWhenSomethingElseNamesKeyValueAndAnExample(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(text))
			.withMessageContaining("image-factory.base-url")
			.withMessageContaining("'" + text + "'")
			.withMessageContaining("for example");
	}

	@Test
	void linkWhenAPathBeginsWithTheOrigin() {
		assertThat(BaseUrl.of("https://images.example.com/").link("/builds/x"))
			.isEqualTo("https://images.example.com/builds/x");
	}

}
