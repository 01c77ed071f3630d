package dev.imagefactory.engine.local;

import dev.imagefactory.pipeline.RunResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ClassicDockerfileTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', value = {
			"RUN --mount=type=secret,id=x make|2|RUN has the option --mount", "run --network=none make|2|--network",
			"RUN a \\;  && b <<-\"EOF\";one;EOF|2|RUN has a here-document", "COPY <<a <<b /x/;1;a;2;b|2|here-document",
			"COPY --from=0 --chmod=755 a b|2|COPY has the option --chmod", "ADD --checksum=sha256:0 a b|2|--checksum",
			"USER 1;# no;;ADD git@github.com:a/b.git /x|5|ADD names a git repository",
			"ADD https://github.com/a/b.git#main /x|2|git repository", "ARG A TARGETARCH|2|ARG TARGETARCH",
			"FROM --platform=$BUILDPLATFORM alpine|2|--platform=$BUILDPLATFORM" })
	void checkWhenTheClassicBuilderCannotDoItNamesLineReasonAndWhatToInstall(String instructions, int line,
			String reason) {
		StepFailure failure = catchThrowableOfType(StepFailure.class,
				() -> ClassicDockerfile.check("FROM alpine\n" + instructions.replace(";", "\n"), "app/Dockerfile"));
		assertThat(failure).hasMessageContaining("app/Dockerfile line " + line + ": ")
			.hasMessageContaining(reason)
			.hasMessageContaining("install buildah or podman");
		assertThat(failure.result()).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("builder-needed"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "RUN make --mount=x", "RUN echo $((1 << 2)) <<< text", "RUN [\"echo\", \"<<EOF\"]",
			"COPY --from=build --chown=app:app a b", "ADD --chown=1 https://example.com/a.tgz /x",
			"ADD https://example.com/a.github /x", "ARG TARGETARCH=amd64;RUN echo $TARGETARCH",
			"FROM --platform=linux/amd64 alpine", "COPPY a b", "CMD --mount", "RUN", "LABEL a=<<EOF;#;" })
	void checkWhenTheClassicBuilderCanDoItOrNoneCanSaysNothing(String instructions) {
		assertThatNoException()
			.isThrownBy(() -> ClassicDockerfile.check("FROM alpine\n" + instructions.replace(";", "\n"), "Dockerfile"));
	}

	/**
	 * Whole files: what is before the first FROM counts for FROM lines and for who asks
	 * for it.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "ARG BUILDPLATFORM=linux/amd64;FROM --platform=$BUILDPLATFORM alpine",
			"ARG BUILDPLATFORM=linux/amd64;FROM alpine;FROM --platform=${BUILDPLATFORM} alpine",
			"FROM --platform=${BUILDPLATFORM:-linux/amd64} alpine", "FROM --platform=${TARGETOS:-linux}/amd64 alpine",
			"ARG BUILDPLATFORM;FROM --platform=${BUILDPLATFORM:-linux/amd64} alpine",
			"ARG P=${BUILDPLATFORM:-linux/amd64};FROM --platform=$P alpine",
			"ARG TARGETARCH=amd64;FROM alpine;ARG TARGETARCH;FROM alpine;ARG TARGETARCH;RUN echo $TARGETARCH",
			"FROM alpine;ARG TARGETOS;RUN GOOS=${TARGETOS:-linux} make;FROM scratch",
			"FROM alpine;RUN echo $TARGETARCH $TARGETOSX", "FROM image:$TARGETARCHIVE" })
	void checkWhenTheDockerfileItselfSaysWhatTheMachineIsSaysNothing(String file) {
		assertThatNoException().isThrownBy(() -> ClassicDockerfile.check(file.replace(";", "\n"), "Dockerfile"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			value = { "FROM alpine;ARG TARGETARCH=amd64;FROM scratch;ARG TARGETARCH|4|ARG TARGETARCH",
					"FROM alpine;ARG BUILDPLATFORM=linux/amd64;FROM --platform=$BUILDPLATFORM alpine|3|--platform",
					"ARG BUILDPLATFORM;FROM --platform=$BUILDPLATFORM alpine|2|--platform=$BUILDPLATFORM",
					"ARG P=$BUILDPLATFORM;FROM --platform=$P alpine|1|P=$BUILDPLATFORM",
					"FROM base-${TARGETARCH}|1|base-${TARGETARCH}",
					"FROM alpine;ARG TARGETARCH=amd64;ARG TARGETARCH|3|ARG TARGETARCH",
					"FROM alpine;ARG TARGETOS;RUN GOOS=${TARGETOS:-linux} GOARCH=$TARGETOS make|2|ARG TARGETOS",
					"FROM alpine;ARG TARGETOS;RUN ./build.sh;FROM scratch|2|ARG TARGETOS",
					"FROM alpine;ARG TARGETOS;FROM alpine;RUN GOOS=${TARGETOS:-linux} make|2|ARG TARGETOS",
					"FROM alpine;ARG TARGETOS;RUN GOOS=${TARGETOS:+linux} make|2|ARG TARGETOS" })
	void checkWhenNothingInItsScopeSaysWhatTheMachineIsNamesTheLine(String file, int line, String reason) {
		assertThatExceptionOfType(StepFailure.class)
			.isThrownBy(() -> ClassicDockerfile.check(file.replace(";", "\n"), "Dockerfile"))
			.withMessageContaining("Dockerfile line " + line + ": ")
			.withMessageContaining(reason);
	}

}
