package dev.imagefactory.onboarding;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryName;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ImageNamesTests {

	private static final ImageName PREFIX = ImageName.of("payments");

	@ParameterizedTest
	@CsvSource({ "app, app", "App, app", "my-app.api_v2, my-app.api_v2", "a__b, a__b", "a---b, a---b",
			".github, x2e-github", "app., app-x2e", "_, x5f", "a_-_b, a-x5f2d5f-b", "a..b, a-x2e2e-b",
			"a___b, a-x5f5f5f-b", "x2e-github, x782e-github", "x782e, x78782e", "x2f, x2f", "xx2e, xx2e" })
	void ofWhenAnyNameOfGitHubGivesComponentThatRegistriesTake(String name, String component) {
		assertThat(ImageNames.of(PREFIX, new RepositoryName("acme", name))).hasToString("payments/" + component);
	}

	@Test
	void ofWhenTooLongForRegistriesRefusesWithReason() {
		String name = "-".repeat(100);
		assertThatExceptionOfType(InvalidValue.class)
			.isThrownBy(() -> ImageNames.of(PREFIX, new RepositoryName("acme", name)))
			.withMessageContaining("image name");
	}

	@Property(tries = 3000)
	void ofWhenTwoRepositoriesNeverGivesOneImage(@ForAll("names") String one, @ForAll("names") String other) {
		RepositoryName first = new RepositoryName("acme", one);
		RepositoryName second = new RepositoryName("acme", other);
		assertThat(ImageNames.of(PREFIX, first).equals(ImageNames.of(PREFIX, second)))
			.isEqualTo(first.isSameAs(second));
	}

	/** Few letters and the words of escapes, so that near misses are frequent. */
	@Provide
	Arbitrary<String> names() {
		return Arbitraries.of("a", "A", "x", ".", "-", "_", "x2e", "x2d", "x5f", "x78", "2e", "5f", "78", "-x2e-", "X")
			.list()
			.ofMinSize(1)
			.ofMaxSize(5)
			.map((parts) -> String.join("", parts))
			.filter((name) -> !name.equals(".") && !name.equals(".."));
	}

}
