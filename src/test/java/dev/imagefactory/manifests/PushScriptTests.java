package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scripts that push and re-tag, with programs that record what they are called with.
 */
class PushScriptTests {

	private static final String IMAGE = "registry.example.com/payments/app";

	private static final String DIGEST = "sha256:" + "a".repeat(64);

	@TempDir
	private Path folder;

	/** A push of a layout that is yet to be named, by a program that says what it got. */
	static StepScript push(Path folder, Tools tools) {
		return StepScript.of("acr-push-v1", folder, tools)
			.program("executor", """
					echo PUSHED
					printf '%s\\n' "$@" > "$HOME/arguments"
					[ "$1" = push ] && [ -d "$2" ] || exit 1
					digest=${PUSHED_DIGEST:-$DIGEST}
					shift 2
					for argument do
						case $argument in
							--destination=*)
								echo "{\\"name\\":\\"${argument#--destination=}\\",\\"digest\\":\\"$digest\\"}" ;;
							--push-retry=* | --credential-helpers=*) ;;
							*) echo "unknown flag: $argument" >&2; exit 1 ;;
						esac
					done > "$BUILDER_OUTPUT/images"
					""")
			.with("DESTINATIONS", IMAGE + ":v1\n" + IMAGE + ":sha-c3ab8ff13720")
			.with("OUTPUTS", folder.resolve("outputs"))
			.with("WORK", folder.resolve("work"))
			.with("BUILDER_OUTPUT", folder.resolve("work/pushed"));
	}

	@ParameterizedTest
	@EnumSource
	void pushWhenImageIsTheScannedOnePushesAllTagsInOneGo(Tools tools) {
		WrittenLayout layout = new WrittenLayout(this.folder.resolve("image"));
		String digest = "sha256:" + layout.hex();
		Result result = push(this.folder, tools).with("LAYOUT", layout.folder()).with("DIGEST", digest).run();
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(lines("home/arguments")).containsExactly("push", layout.folder().toString(), "--push-retry=3",
				"--credential-helpers=acr", "--destination=" + IMAGE + ":v1",
				"--destination=" + IMAGE + ":sha-c3ab8ff13720");
		assertThat(lines("outputs/digest")).containsExactly(digest);
		assertThat(lines("outputs/pushed")).containsExactly(IMAGE + ":v1@" + digest,
				IMAGE + ":sha-c3ab8ff13720@" + digest);
	}

	@Test
	void pushWhenAnotherDigestArrivedFails() throws IOException {
		WrittenLayout layout = new WrittenLayout(this.folder.resolve("image"));
		StepScript script = push(this.folder, Tools.SYSTEM).with("LAYOUT", layout.folder())
			.with("DIGEST", "sha256:" + layout.hex());
		String pusher = Files.readString(this.folder.resolve("bin/executor"));
		script.program("executor", "PUSHED_DIGEST=" + DIGEST + "\n" + pusher);
		Result result = script.run();
		assertThat(result.exitCode()).isEqualTo(41);
		assertThat(result.said()).contains("Another image was pushed");
		assertThat(this.folder.resolve("outputs/pushed")).doesNotExist();
	}

	@Test
	void pushWhenNotEveryTagArrivedIsTriedAgain() throws IOException {
		WrittenLayout layout = new WrittenLayout(this.folder.resolve("image"));
		StepScript script = push(this.folder, Tools.SYSTEM).with("LAYOUT", layout.folder())
			.with("DIGEST", "sha256:" + layout.hex());
		String pusher = Files.readString(this.folder.resolve("bin/executor"));
		Result result = script.program("executor", pusher + "sed -i 1d \"$BUILDER_OUTPUT/images\"\n").run();
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.said()).contains("1 of 2 tags were pushed.");
		assertThat(this.folder.resolve("outputs")).isEmptyDirectory();
	}

	@Test
	void pushWhenThereIsNoTagPushesNothing() {
		WrittenLayout layout = new WrittenLayout(this.folder.resolve("image"));
		Result result = push(this.folder, Tools.SYSTEM).with("LAYOUT", layout.folder())
			.with("DIGEST", "sha256:" + layout.hex())
			.with("DESTINATIONS", "")
			.run();
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.said()).contains("nowhere to push to").doesNotContain("PUSHED");
		assertThat(this.folder.resolve("outputs")).isEmptyDirectory();
		Result retag = retag(Tools.SYSTEM).with("DESTINATIONS", "").run();
		assertThat(retag.exitCode()).isEqualTo(1);
		assertThat(retag.said()).contains("There is no tag to set.");
		assertThat(this.folder.resolve("outputs")).isEmptyDirectory();
	}

	@Test
	void pushWhenRegistryDoesNotAnswerIsTriedAgain() {
		WrittenLayout layout = new WrittenLayout(this.folder.resolve("image"));
		Result result = push(this.folder, Tools.SYSTEM).program("executor", "echo no route to host; exit 1\n")
			.with("LAYOUT", layout.folder())
			.with("DIGEST", "sha256:" + layout.hex())
			.run();
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(this.folder.resolve("outputs")).isEmptyDirectory();
	}

	@Test
	void pushWhenDestinationIsWrittenToBeUnderstoodOtherwiseStaysOneArgument() {
		WrittenLayout layout = new WrittenLayout(this.folder.resolve("image"));
		String hostile = IMAGE + ":v1 --insecure $(touch " + this.folder.resolve("touched") + ") * `id` ;x";
		push(this.folder, Tools.SYSTEM).with("LAYOUT", layout.folder())
			.with("DIGEST", "sha256:" + layout.hex())
			.with("DESTINATIONS", hostile)
			.run();
		assertThat(lines("home/arguments")).hasSize(5).endsWith("--destination=" + hostile);
		assertThat(this.folder.resolve("touched")).doesNotExist();
	}

	@ParameterizedTest
	@EnumSource
	void retagWhenRegistryDoesItSetsAndReadsEachTag(Tools tools) {
		Result result = retag(tools).run();
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(lines("home/calls")).containsExactly("tag " + IMAGE + "@" + DIGEST + " latest",
				"digest " + IMAGE + ":latest", "tag " + IMAGE + "@" + DIGEST + " v1", "digest " + IMAGE + ":v1");
		assertThat(lines("outputs/pushed")).containsExactly(IMAGE + ":latest@" + DIGEST, IMAGE + ":v1@" + DIGEST);
		assertThat(lines("outputs/digest")).containsExactly(DIGEST);
	}

	@Test
	void retagWhenTagPointsAtSomethingElseAfterwardsFails() {
		Result result = retag(Tools.SYSTEM).program("krane", "echo sha256:" + "b".repeat(64) + "\n").run();
		assertThat(result.exitCode()).isEqualTo(41);
		assertThat(result.said()).contains("points at sha256:bbb");
	}

	@Test
	void retagWhenRegistryRefusesIsTriedAgain() {
		Result result = retag(Tools.SYSTEM).program("krane", "exit 1\n").run();
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.said()).contains("could not be set");
	}

	@Test
	void retagWhenDestinationIsNoTagOfTheImageAsksNobody() {
		for (String hostile : new String[] { "other.example.com/x:v1", IMAGE + ":-f", IMAGE + ":a b", IMAGE + ":" }) {
			Result result = retag(Tools.SYSTEM).with("DESTINATIONS", hostile).run();
			assertThat(result.exitCode()).as(hostile).isEqualTo(1);
			assertThat(this.folder.resolve("home/calls")).as(hostile).doesNotExist();
		}
	}

	private StepScript retag(Tools tools) {
		return StepScript.of("image-retag-v1", this.folder, tools)
			.program("krane", "echo \"$*\" >> \"$HOME/calls\"\n[ \"$1\" = tag ] || echo \"$DIGEST\"\n")
			.with("IMAGE", IMAGE)
			.with("DIGEST", DIGEST)
			.with("DESTINATIONS", IMAGE + ":latest\n" + IMAGE + ":v1")
			.with("OUTPUTS", this.folder.resolve("outputs"));
	}

	private List<String> lines(String file) {
		return Result.lines(this.folder.resolve(file));
	}

}
