package dev.imagefactory.engine.local;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DockerIgnoreTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			value = { "*.md|README.md|true", "*.md|docs/a.md|false", "**/*.md|docs/x/a.md|true", "**/*.md|a.md|true",
					"docs|docs/a/b|true", "/docs/|docs/a|true", "*/temp*|a/temporary|true", "*/temp*|a/b/temp|false",
					"temp?|tempa|true", "temp?|temp|false", "*.md,!README.md|README.md|false",
					"*.md,!README.md|a.md|true", "!README.md,*.md|README.md|true", "*,!src,!src/**|src/a/b|false",
					"*,!src|src/a|false", "*,!src|lib/a|true", "# a,a|a|true", "[a-c]x|bx|true", "[a-c]x|dx|false",
					"[^a]x|bx|true", "a\\*b|a*b|true", "a\\*b|axb|false", "./a|a|true", "a/../b|b|true", "**|x/y|true",
					"a/**|a/b/c|true", "a/**/b|a/b|true", "a/**/b|a/x/y/b|true", ".|x|false", "a.b|aXb|false" })
	void excludesWhenRulesAreGivenFollowsDocker(String rules, String path, boolean expected) {
		assertThat(DockerIgnore.of(rules.replace(",", "\n")).excludes(path)).isEqualTo(expected);
	}

	@Property(tries = 1000)
	void ofWhenTextIsAnythingAnswersOrRefusesIt(@ForAll String text, @ForAll String path) {
		try {
			DockerIgnore.of(text + "\n*[a]?\\").excludes(path);
		}
		catch (IllegalArgumentException refused) {
			assertThat(refused.getMessage()).isNotBlank();
		}
	}

}
