package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import dev.imagefactory.pipeline.BuildId;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

@Timeout(60)
class RecordedCommandsTests {

	private final BuildId build = BuildId.next(Instant.now());

	private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

	private final List<ChildProcess> recorded = Collections.synchronizedList(new ArrayList<>());

	private final List<ChildProcess> forgotten = Collections.synchronizedList(new ArrayList<>());

	@TempDir
	Path folder;

	@Test
	void runWhenTheProgramEndsGivesItsCodeAndAllItsOutput() throws Exception {
		assertThat(run("echo out; echo err >&2; printf last; exit 7")).isEqualTo(7);
		assertThat(this.lines).containsExactly("out", "err", "last");
		assertThat(this.recorded).hasSize(1).isEqualTo(this.forgotten);
	}

	@Test
	void runWhenStartedGivesTheProgramExactlyItsEnvironmentAndTheMarker() throws Exception {
		Command command = new Command(List.of("/usr/bin/env"), Map.of("A", "x y", "HOME", "/h"), this.folder);
		commands(RecordedCommands.findSetsid()).run(command, this.lines::add);
		assertThat(this.lines).containsExactlyInAnyOrder("A=x y", "HOME=/h", RecordedCommands.marker(this.build));
	}

	@Test
	void runWhenArgumentsLookLikeShellTextPassesThemOnAsTheyAre() throws Exception {
		Command command = new Command(List.of("printf", "%s\\n", "$(id)", "a b", "-x", "'\"", "*"),
				Map.of("PATH", "/usr/bin:/bin"), this.folder);
		commands(Optional.empty()).run(command, this.lines::add);
		assertThat(this.lines).containsExactly("$(id)", "a b", "-x", "'\"", "*");
	}

	@Test
	void runWhenTheProgramReadsItsInputFindsItEmpty() throws Exception {
		assertThat(run("cat; echo end")).isZero();
		assertThat(this.lines).containsExactly("end");
	}

	@Test
	void runWhenTheProgramIsMissingSaysSo() {
		for (String program : List.of("no-such-program", "/no/such/program")) {
			Command command = new Command(List.of(program), Map.of("PATH", "/usr/bin"), this.folder);
			assertThatIOException().isThrownBy(() -> commands(Optional.empty()).run(command, this.lines::add))
				.withMessageContaining(program);
		}
	}

	@Test
	void runWhenTheChildCannotBeRecordedNeverStartsTheProgram() {
		Path trace = this.folder.resolve("trace");
		RecordedCommands commands = new RecordedCommands(this.build, new RecordedCommands.Ledger() {

			@Override
			public void began(ChildProcess child) {
				throw new RunGivenUp("lost");
			}

			@Override
			public void ended(ChildProcess child) {
			}

		}, Duration.ofSeconds(5), RecordedCommands.findSetsid());
		assertThatExceptionOfType(RunGivenUp.class)
			.isThrownBy(() -> commands.run(shell("touch " + trace), this.lines::add));
		assertThat(trace).doesNotExist();
		assertThat(tree().living()).isEmpty();
	}

	@Test
	void runWhenOutputIsWildKeepsItBounded() throws Exception {
		assertThat(run("head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'a\\377b\\033[1mc\\001\\n'")).isZero();
		assertThat(this.lines).containsExactly("x".repeat(OutputPump.LONGEST_LINE) + "...", "a\ufffdbc\ufffd");
	}

	@Test
	void runWhenTheReceiverFailsEndsTheChildAndThrows() {
		Command command = shell("head -c 1000000 /dev/zero | tr '\\0' '\\n'");
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> commands(Optional.empty()).run(command, (line) -> {
				throw new IllegalStateException("full");
			}));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void runWhenInterruptedLeavesNothingAlive(boolean sessions) throws Exception {
		Optional<Path> setsid = sessions ? RecordedCommands.findSetsid() : Optional.empty();
		// A stubborn child, one that lost its parent, one that left the session.
		String script = "trap '' TERM; sleep 991 & (sleep 992 &) ; setsid sleep 993 & echo up; while true; do sleep 994; done";
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		Thread runner = Thread.ofPlatform().start(() -> {
			try {
				commands(setsid).run(shell(script), this.lines::add);
			}
			catch (Throwable ex) {
				thrown.set(ex);
			}
		});
		Awaitility.await().until(() -> this.lines.contains("up") && tree().living().size() >= 5);
		runner.interrupt();
		runner.join();
		assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
		assertThat(tree().living()).isEmpty();
		assertThat(this.forgotten).isEqualTo(this.recorded);
	}

	@Test
	void runWhenADescendantLosesEverySignOnlyAfterTheFirstLookEndsItToo() throws Exception {
		Assumptions.assumeTrue(RecordedCommands.findSetsid().isPresent(), "needs setsid (util-linux)");
		// Deaf to TERM, without marker, in its own session; its parent dies of TERM.
		String script = "(trap '' TERM; exec setsid env -i /bin/sleep 989) & echo $!; wait";
		Thread runner = Thread.ofPlatform().start(() -> {
			try {
				run(script);
			}
			catch (IOException | InterruptedException ex) {
				this.lines.add("stopped");
			}
		});
		Awaitility.await().until(() -> !this.lines.isEmpty() && isSleeping(Long.parseLong(this.lines.getFirst())));
		runner.interrupt();
		runner.join();
		assertThat(this.lines).hasSize(2).last().isEqualTo("stopped");
		assertThat(ProcessTable.identify(Long.parseLong(this.lines.getFirst()))).isEmpty();
	}

	private static boolean isSleeping(long pid) throws IOException {
		return Files.readString(Path.of("/proc/" + pid + "/cmdline")).startsWith("/bin/sleep");
	}

	@Test
	void runWhenTheProgramLeavesAChildBehindEndsItToo() throws Exception {
		assertThat(run("sleep 995 & echo gone")).isZero();
		assertThat(tree().living()).isEmpty();
	}

	@Test
	void livingWhenADescendantLostMarkerAndParentFindsItByItsSession() throws Exception {
		Assumptions.assumeTrue(RecordedCommands.findSetsid().isPresent(), "needs setsid (util-linux)");
		Process leader = new ProcessBuilder("setsid", "sh", "-c", "env -i sleep 996 & sleep 997").start();
		Awaitility.await().until(() -> new ChildTree(List.of(identity(leader)), "A=none").living().size() == 3);
		ChildProcess root = identity(leader);
		leader.destroyForcibly().waitFor();
		ChildTree tree = new ChildTree(List.of(root), "A=none");
		assertThat(tree.living()).hasSize(2);
		tree.end(Duration.ZERO);
		assertThat(tree.living()).isEmpty();
	}

	@Test
	void livingWhenALaterProcessGotTheNumberLeavesItAlone() throws Exception {
		Process stranger = new ProcessBuilder("sleep", "998").start();
		try {
			ChildProcess now = identity(stranger);
			ChildProcess before = new ChildProcess(now.pid(), now.start() + "0");
			new ChildTree(List.of(before), "A=none").end(Duration.ZERO);
			assertThat(stranger.isAlive()).isTrue();
		}
		finally {
			stranger.destroyForcibly();
		}
	}

	private static ChildProcess identity(Process process) {
		return ProcessTable.identify(process.pid()).orElseThrow();
	}

	private int run(String script) throws IOException, InterruptedException {
		return commands(RecordedCommands.findSetsid()).run(shell(script), this.lines::add);
	}

	private Command shell(String script) {
		return new Command(List.of("sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), this.folder);
	}

	private ChildTree tree() {
		return new ChildTree(List.of(), RecordedCommands.marker(this.build));
	}

	private RecordedCommands commands(Optional<Path> setsid) {
		assertThat(Files.isDirectory(this.folder)).isTrue();
		return new RecordedCommands(this.build, new RecordedCommands.Ledger() {

			@Override
			public void began(ChildProcess child) {
				RecordedCommandsTests.this.recorded.add(child);
			}

			@Override
			public void ended(ChildProcess child) {
				RecordedCommandsTests.this.forgotten.add(child);
			}

		}, Duration.ofMillis(300), setsid);
	}

}
