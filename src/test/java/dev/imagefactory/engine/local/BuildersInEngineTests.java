package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs with real builders that are stopped, time out, or lose their process. */
@Timeout(120)
@Order(1)
class BuildersInEngineTests {

	private static final String SHELL = "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\nRUN echo one\n";

	/** The daemon's mounts may still be going away when the folder is to be deleted. */
	@TempDir(cleanup = CleanupMode.NEVER)
	static Path home;

	private static TestDaemon daemon;

	/** They know of no build, and try themselves out when first asked. */
	private static final Map<JailedProgram, TriedBuilder> JAILED = new EnumMap<>(JailedProgram.class);

	@TempDir
	Path data;

	private TestHost host;

	/** Told apart from what another test left. */
	private final String sleep = "sleep " + ThreadLocalRandom.current().nextInt(800_000, 900_000);

	private volatile String dockerfile = SHELL + "RUN /bin/busybox " + this.sleep + "\n";

	@BeforeAll
	static void startDaemon() throws IOException {
		if (HostPrograms.hasDocker()) {
			daemon = new TestDaemon(home);
		}
	}

	@AfterAll
	static void stopDaemon() throws IOException {
		if (daemon != null) {
			daemon.close();
			FileTrees.delete(home);
		}
	}

	private void useBuilder(String name) {
		this.host = (this.host != null) ? this.host : new TestHost(this.data);
		this.host.checkout = (directory) -> {
			Files.copy(HostPrograms.BUSYBOX, directory.resolve("busybox"));
			Files.writeString(directory.resolve("Dockerfile"), this.dockerfile);
		};
		TriedBuilder builder = builder(name);
		this.host.builders = (request, commands) -> {
			assertThat(builder.works(request.scratch(), commands)).as(builder.complaint()).isTrue();
			return builder;
		};
	}

	private static TriedBuilder builder(String name) {
		HostPrograms.needBusybox();
		return switch (name) {
			case "buildah" -> {
				HostPrograms.needBuildah();
				yield jailed(JailedProgram.BUILDAH);
			}
			case "podman" -> {
				HostPrograms.needPodman();
				yield jailed(JailedProgram.PODMAN);
			}
			default -> {
				HostPrograms.needDocker();
				yield new DockerBuilder(daemon.daemon(), home.resolve("remains"), InstantSource.system());
			}
		};
	}

	private static TriedBuilder jailed(JailedProgram program) {
		return JAILED.computeIfAbsent(program,
				(key) -> new JailedBuilder(key, HostPrograms.PATH, InstantSource.system()));
	}

	@AfterEach
	void nothingIsLeft() {
		if (this.host != null) {
			this.host.close();
		}
		if (daemon != null) {
			Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
				assertThat(daemon.containers()).as("containers").isEmpty();
				assertThat(daemon.images()).as("images").isEmpty();
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "buildah", "podman", "docker" })
	void stopWhenARunInstructionRunsEndsIt(String name) {
		useBuilder(name);
		LocalEngine engine = this.host.engine("a");
		Run run = TestRuns.release();
		engine.submit(run);
		awaitSleep();
		engine.stop(run.build());
		assertThat(this.host.result(run.build())).isInstanceOf(RunResult.Stopped.class);
		assertNothingRuns(run);
	}

	@ParameterizedTest
	@ValueSource(strings = { "buildah", "podman", "docker" })
	void runWhenItTakesTooLongEndsTheRunInstruction(String name) {
		useBuilder(name);
		Run run = TestRuns.release(OrderKind.BUILD, Duration.ofSeconds(12));
		this.host.engine("a").submit(run);
		awaitSleep();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> sleepers() == 0);
		assertThat(this.host.result(run.build())).isInstanceOf(RunResult.TimedOut.class);
		assertThat(this.host.log(run.build(), Step.BUILD)).contains("Interrupted");
		assertNothingRuns(run);
	}

	@ParameterizedTest
	@ValueSource(strings = { "buildah", "podman", "docker" })
	void closeWhenARunInstructionRunsEndsItAndLeavesTheRunToTheNext(String name) {
		useBuilder(name);
		LocalEngine engine = this.host.engine("a");
		Run run = TestRuns.release();
		engine.submit(run);
		awaitSleep();
		engine.close();
		assertNothingRuns(run);
		this.dockerfile = SHELL;
		useBuilder(name);
		this.host.engine("b");
		assertThat(this.host.result(run.build())).isInstanceOf(RunResult.Succeeded.class);
	}

	/** The first engine never looks at its lease again, as if its process were gone. */
	@ParameterizedTest
	@ValueSource(strings = { "buildah", "podman", "docker" })
	void startWhenTheOldProcessIsGoneEndsItsRunInstructionFirst(String name) {
		useBuilder(name);
		Run run = TestRuns.release();
		this.host.blindEngine("a").submit(run);
		awaitSleep();
		this.dockerfile = SHELL;
		useBuilder(name);
		this.host.plays.put(Step.CLONE, (commands) -> assertThat(this.host.children(run.build())).isEmpty());
		this.host.engine("b");
		assertThat(this.host.result(run.build())).isInstanceOf(RunResult.Succeeded.class);
		assertNothingRuns(run);
	}

	private void awaitSleep() {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> sleepers() > 0);
	}

	private void assertNothingRuns(Run run) {
		assertThat(this.host.children(run.build())).isEmpty();
		// A daemon's container is no child of ours, and takes a moment.
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> sleepers() == 0);
	}

	private long sleepers() {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").contains(this.sleep))
			.count();
	}

}
