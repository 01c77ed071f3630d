package dev.imagefactory.engine.local;

import java.util.List;
import java.util.Map;

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
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class DockerfileTests {

	@Test
	void parseWhenItHasEveryInstructionReadsThemInOrder() {
		assertThat(parse("""
				# syntax=docker/dockerfile:1
				FROM scratch AS app
				COPY --chown=10:20 a b /dir/
				ADD ["with space", "/x"]
				LABEL one=1 "two words"="a b"
				ENV A=b C="d e"
				USER 10:20
				WORKDIR /srv
				EXPOSE 80 53/udp
				ENTRYPOINT ["/app", "-x"]
				CMD run it
				""")).containsExactly(new Dockerfile.Copy(3, List.of("a", "b"), "/dir/", "10:20", false),
				new Dockerfile.Copy(4, List.of("with space"), "/x", "0:0", true),
				new Dockerfile.Label(Map.of("one", "1", "two words", "a b")),
				new Dockerfile.Env(Map.of("A", "b", "C", "d e")), new Dockerfile.User("10:20"),
				new Dockerfile.Workdir("/srv"), new Dockerfile.Expose(9, List.of("80", "53/udp")),
				new Dockerfile.Entrypoint(List.of("/app", "-x")),
				new Dockerfile.Cmd(List.of("/bin/sh", "-c", "run it")));
	}

	@Test
	void parseWhenLinesAreContinuedJoinsThemAndDropsComments() {
		assertThat(parse("from scratch\r\n\r\n  # no\nlabel a=1 \\  \n # inside\n\n  b=2 \\\n c=3\nUSER 1"))
			.containsExactly(new Dockerfile.Label(Map.of("a", "1", "b", "2", "c", "3")), new Dockerfile.User("1"));
		assertThat(parse("FROM scratch\nCMD echo \\"))
			.containsExactly(new Dockerfile.Cmd(List.of("/bin/sh", "-c", "echo")));
	}

	@Test
	void parseWhenEscapeIsABacktickUsesIt() {
		assertThat(parse("# escape=`\nFROM scratch\nLABEL a=c:\\x `\n b=2\n"))
			.containsExactly(new Dockerfile.Label(Map.of("a", "c:\\x", "b", "2")));
		assertThat(refused("# escape=x\nFROM scratch\n").valid()).isFalse();
		assertThat(parse("FROM scratch\n# escape=`\nLABEL a=`\n"))
			.containsExactly(new Dockerfile.Label(Map.of("a", "`")));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			value = { "$A|one", "${A}x|onex", "'$A'|$A", "\"$A b\"|one b", "\\$A|$A", "\"\\$A\"|$A", "${NO:-two}|two",
					"${NO-two}|two", "${A:-two}|one", "${A:+yes}|yes", "${NO:+yes}x|x", "${NO:-${A}}|one", "a$|a$",
					"$NO.|.", "a\\ b|a b", "\"a\\nb\"|a\\nb", "${E:-x}${E-y}|x", "$$A|A" })
	void parseWhenValueHasVariablesAndQuotesFollowsDocker(String text, String expected) {
		assertThat(parse("FROM scratch\nARG A=one\nARG E=\nLABEL v=" + text + "\n"))
			.containsExactly(new Dockerfile.Label(Map.of("v", expected)));
	}

	@Test
	void parseWhenArgumentsAndVariablesHaveOneNameTheEnvironmentWins() {
		assertThat(parse("ARG V=0\nARG BASE=scratch\nFROM ${BASE}\nARG V\nLABEL a=$V\nENV V=2\nARG V=3\nLABEL b=$V\n"))
			.contains(new Dockerfile.Label(Map.of("a", "0")), new Dockerfile.Label(Map.of("b", "2")));
		assertThat(parse("ARG V=0\nFROM scratch\nLABEL a=x$V\n"))
			.containsExactly(new Dockerfile.Label(Map.of("a", "x")));
	}

	@Test
	void parseWhenOldFormOfEnvIsUsedTakesTheRestOfTheLine() {
		assertThat(parse("FROM scratch\nENV A b c = d\n")).containsExactly(new Dockerfile.Env(Map.of("A", "b c = d")));
	}

	@Test
	void parseWhenCommandIsJsonOrNotChoosesTheForm() {
		assertThat(parse("FROM scratch\nCMD [\"a\", \"$B\", \"c\\\"d\"]\n"))
			.containsExactly(new Dockerfile.Cmd(List.of("a", "$B", "c\"d")));
		assertThat(parse("FROM scratch\nCMD ['a']\n"))
			.containsExactly(new Dockerfile.Cmd(List.of("/bin/sh", "-c", "['a']")));
		assertThat(parse("FROM scratch\nENTRYPOINT []\n")).containsExactly(new Dockerfile.Entrypoint(List.of()));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "RUN make|2", "COPY --from=build a b|2", "COPY --chmod=755 a b|2", "COPY --chown=app a b|2",
					"COPY <<EOF /x|2", "VOLUME /x|2", "HEALTHCHECK NONE|2", "STOPSIGNAL 9|2", "SHELL [\"a\"]|2",
					"FROM scratch|2", "ARG TARGETARCH|2", "LABEL a=${B#c}|2", "USER 1\\n\\nRUN x|4" })
	void parseWhenMoreThanJibCanDoIsAskedNamesTheLine(String instruction, int line) {
		DockerfileRefused refused = refused("FROM scratch\n" + instruction.replace("\\n", "\n") + "\n");
		assertThat(refused.valid()).isTrue();
		assertThat(refused.line()).isEqualTo(line);
	}

	@Test
	void parseWhenItBuildsOnAnotherImageNeedsABuilder() {
		DockerfileRefused refused = refused("# app\nFROM alpine:3.20\nCOPPY\n");
		assertThat(refused.valid()).isTrue();
		assertThat(refused).hasMessageContaining("alpine:3.20");
		assertThat(refused("FROM --platform=linux/arm64 scratch\n").valid()).isTrue();
		assertThat(refused.failure("app/Dockerfile")).hasMessageContaining("app/Dockerfile line 2")
			.hasMessageContaining("install buildah");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "# only a comment\n", "COPY a b\n", "FROM\n", "FROM scratch as\n",
			"FROM scratch\nCOPPY a b\n", "FROM scratch\nCOPY a\n", "FROM scratch\nCOPY\n", "FROM scratch\nLABEL a\n",
			"FROM scratch\nLABEL a=1 b\n", "FROM scratch\nLABEL a=\"b\n", "FROM scratch\nLABEL a='b\n",
			"FROM scratch\nLABEL a=${b\n", "FROM scratch\nLABEL a=${}\n", "FROM scratch\nCMD [1]\n",
			"FROM scratch\nLABEL =1\n", "FROM scratch\nUSER \"\"\n" })
	void parseWhenItIsWrongIsTheRepositorysFault(String text) {
		assertThat(refused(text).valid()).isFalse();
	}

	@Test
	void parseWhenVariablesWouldGrowWithoutEndRefuses() {
		String doubling = "ENV A=$A$A$A$A$A$A$A$A\n".repeat(40);
		assertThat(refused("FROM scratch\nENV A=x\n" + doubling)).hasMessageContaining("longer than");
		assertThat(refused("FROM scratch\nLABEL a=" + "${A:-".repeat(5000))).hasMessageContaining("nested");
		assertThat(refused("FROM scratch\n" + "#".repeat(2_000_000))).hasMessageContaining("characters");
	}

	@Property(tries = 3000)
	void parseWhenTextIsAnythingThrowsNothingButItsOwnRefusal(@ForAll("texts") String text) {
		try {
			Dockerfile.parse("FROM scratch\n" + text);
		}
		catch (DockerfileRefused refused) {
			assertThat(refused.line()).isPositive();
			assertThat(refused.getMessage()).isNotBlank();
		}
	}

	@Provide
	Arbitrary<String> texts() {
		Arbitrary<String> pieces = Arbitraries.of("FROM ", "COPY ", "ADD ", "LABEL ", "ENV ", "ARG ", "CMD ", "USER ",
				"EXPOSE ", "WORKDIR ", "--chown=", "a", "=", "$", "{", "}", ":-", ":+", "\"", "'", "\\", "\n", "\r\n",
				" ", "[", "]", ",", "#", "<<EOF", "\\\n", "1", "/", "é", "\u0000", "\t");
		return Arbitraries.oneOf(pieces.list().ofMaxSize(25).map((list) -> String.join("", list)),
				Arbitraries.strings().ofMaxLength(60));
	}

	private static List<Dockerfile.Instruction> parse(String text) {
		return Dockerfile.parse(text).instructions();
	}

	private static DockerfileRefused refused(String text) {
		return catchThrowableOfType(DockerfileRefused.class, () -> Dockerfile.parse(text));
	}

}
