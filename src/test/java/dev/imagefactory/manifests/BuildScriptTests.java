package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The script of the build step, with a program in Kaniko's place that records its
 * arguments.
 */
class BuildScriptTests {

	@TempDir
	private Path folder;

	@ParameterizedTest
	@EnumSource
	void buildWhenNothingSpecialIsAskedForBuildsWithoutPushing(Tools tools) {
		Result result = build(tools).run();
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(arguments()).containsExactly("--context=dir://" + this.folder.resolve("src"),
				"--dockerfile=" + this.folder.resolve("src/Dockerfile"),
				"--destination=registry.example.com/payments/app",
				"--oci-layout-path=" + this.folder.resolve("out/image"),
				"--digest-file=" + this.folder.resolve("out/digest"), "--image-format=oci", "--no-push",
				"--no-push-cache", "--credential-helpers=", "--image-download-retry=3", "--image-fs-extract-retry=3",
				"--log-format=text", "--label=a=1", "--label=org.opencontainers.image.created=2025-01-01T12:00:00Z");
	}

	@ParameterizedTest
	@EnumSource
	void buildWhenEverythingIsAskedForPassesItOn(Tools tools) {
		build(tools).with("BUILD_CONTEXT", "sub/folder")
			.with("DOCKERFILE", "docker/Dockerfile")
			.with("BUILD_ARGS", "A=1\nB=two words\nC=")
			.with("TARGET", "app")
			.with("PLATFORM", "linux/arm64")
			.with("REGISTRY_MAP", "index.docker.io=mirror.example.com/hub")
			.with("COMMITTED_AT", "")
			.run();
		assertThat(arguments())
			.contains("--context=dir://" + this.folder.resolve("src/sub/folder"),
					"--dockerfile=" + this.folder.resolve("src/docker/Dockerfile"))
			.endsWith("--label=a=1", "--build-arg=A=1", "--build-arg=B=two words", "--build-arg=C=", "--target=app",
					"--custom-platform=linux/arm64", "--registry-map=index.docker.io=mirror.example.com/hub");
	}

	@ParameterizedTest
	@EnumSource
	void buildWhenValuesAreWrittenToBeUnderstoodOtherwiseKeepsEachInOneArgument(Tools tools) throws IOException {
		Files.createFile(this.folder.resolve("j=1"));
		List<String> hostile = List.of("a=$(touch touched)", "b=`touch touched`", "c=;touch touched", "d=* ? [a]",
				"e=\"'\\", "f= --destination=other", "g=$HOME ${HOME}", "--h=\t", "i=é", "j=*");
		build(tools).with("LABELS", String.join("\n", hostile)).with("BUILD_ARGS", String.join("\n", hostile)).run();
		assertThat(arguments()).containsSubsequence(hostile.stream().map((value) -> "--label=" + value).toList())
			.containsSubsequence(hostile.stream().map((value) -> "--build-arg=" + value).toList())
			.hasSize(13 + 2 * hostile.size());
		assertThat(this.folder.resolve("touched")).doesNotExist();
	}

	@Test
	void buildWhenAnEarlierTryLeftAnImageRemovesItAndFollowsNoLink() throws IOException {
		Path other = Files.createDirectories(this.folder.resolve("other"));
		Files.writeString(other.resolve("kept"), "x");
		Files.createSymbolicLink(Files.createDirectories(this.folder.resolve("out")).resolve("image"), other);
		Files.createSymbolicLink(this.folder.resolve("out/digest"), other.resolve("kept"));
		build(Tools.SYSTEM).run();
		assertThat(this.folder.resolve("out")).isEmptyDirectory();
		assertThat(other.resolve("kept")).exists();
	}

	@ParameterizedTest
	@EnumSource
	void buildWhenKanikoKeepsLayersToItselfLetsTheOtherStepsRead(Tools tools) throws IOException {
		Result result = build(tools)
			.program("executor", "umask 077; mkdir -p \"$OUT/image/blobs\"; : > \"$OUT/image/blobs/layer\"\n")
			.run();
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(modeOf("out/image/blobs")).isEqualTo("rwxr-xr-x");
		assertThat(modeOf("out/image/blobs/layer")).isEqualTo("rw-r--r--");
	}

	@Test
	void buildWhenAnInstructionFailsPassesItsExitCodeOn() {
		assertThat(build(Tools.SYSTEM).program("executor", "exit 20\n").run().exitCode()).isEqualTo(20);
	}

	private StepScript build(Tools tools) {
		return StepScript.of("kaniko-build-v1", this.folder, tools)
			.program("executor", "printf '%s\\n' \"$@\" > \"${OUT%/out}/arguments\"\n")
			.with("BUILD_CONTEXT", "")
			.with("DOCKERFILE", "Dockerfile")
			.with("LABELS", "a=1")
			.with("COMMITTED_AT", "2025-01-01T12:00:00Z")
			.with("IMAGE", "registry.example.com/payments/app")
			.with("BUILD_ARGS", "")
			.with("TARGET", "")
			.with("PLATFORM", "")
			.with("SOURCE", this.folder.resolve("src"))
			.with("OUT", this.folder.resolve("out"));
	}

	private String modeOf(String file) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(this.folder.resolve(file)));
	}

	private List<String> arguments() {
		return Result.lines(this.folder.resolve("arguments"));
	}

}
