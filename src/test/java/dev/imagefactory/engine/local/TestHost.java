package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.imagefactory.engine.FileStepLogsAccess;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.jdbc.TestLocalRuns;
import dev.imagefactory.git.Ancestry;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import org.awaitility.Awaitility;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A host with a real database and a data directory, on which several engines live one
 * after the other or at once; git, builder, scanner and registry are played.
 */
final class TestHost implements AutoCloseable, Git, ImageBuilder, Scanner, Registry {

	static final Instant COMMIT_TIME = Instant.parse("2026-01-02T03:04:05Z");

	/** What happens in each step before it does its work. */
	final Map<Step, StepPlay> plays = new EnumMap<>(Step.class);

	/** How often each step was carried out. */
	final Map<Step, AtomicInteger> calls = new EnumMap<>(Step.class);

	final Map<String, Digest> tags = new ConcurrentHashMap<>();

	/** What the database knows of tags that a build has lost. */
	final Map<String, Digest> known = new ConcurrentHashMap<>();

	/** Called between the last question and the write of a floating tag. */
	Runnable frozen = () -> {
	};

	final AtomicBoolean diskFull = new AtomicBoolean();

	final JdbcClient sql;

	final StepLogs logs;

	LocalRuns runs;

	ScanSummary scan = new ScanSummary(ScanVerdict.PASSED, Map.of(), List.of(), null);

	String host = "layout";

	Map<String, String> labels = Map.of();

	/** Who builds; this host plays it when nothing else is said. */
	ImageBuilder.Chooser builders = (request, commands) -> this;

	/** Adds to the files that are checked out. */
	Checkout checkout = (directory) -> {
	};

	/** Called when the image is in the registry and the push has not returned yet. */
	StepPlay afterPush = (commands) -> {
	};

	private final FolderRemoval removal = (folder, build) -> FileTrees.delete(folder);

	private final Path data;

	private final List<LocalEngine> engines = new ArrayList<>();

	TestHost(Path data) {
		this.data = data;
		DataSource database = TestLocalRuns.database(data);
		this.sql = JdbcClient.create(database);
		this.runs = TestLocalRuns.on(database);
		this.logs = FileStepLogsAccess.in(data.resolve("logs"));
		for (Step step : Step.values()) {
			this.plays.put(step, (commands) -> {
			});
			this.calls.put(step, new AtomicInteger());
		}
	}

	/** An engine that never looks at its leases again, as if it were frozen. */
	LocalEngine blindEngine(String process) {
		return engine(new Tenancy(process, Duration.ofSeconds(30), Duration.ofHours(1), Duration.ofSeconds(12),
				Takeover.ofSoleProcess()), 2);
	}

	LocalEngine engine(String process) {
		return engine(new Tenancy(process, Duration.ofSeconds(30), Duration.ofMillis(50), Duration.ofSeconds(12),
				Takeover.ofSoleProcess()), 2);
	}

	LocalEngine engine(Tenancy tenancy, int slots) {
		return engine(tenancy, slots, this.data);
	}

	/** An engine of a process whose files lie elsewhere. */
	LocalEngine engine(Tenancy tenancy, int slots, Path files) {
		Tools tools = new Tools((run) -> new GitRemote(run.order().repository(), run.cloneUrl(), null), this,
				(request, commands) -> this.builders.choose(request, commands), this, this,
				(build, image, tag) -> Optional.ofNullable(this.known.get(tag.name())),
				new LayoutCheck(TestLocalRuns.json()), this.logs, this.diskFull::get,
				new Backoff(3, Duration.ofMillis(10)), Duration.ofMillis(300), files, this.removal, Clock.systemUTC());
		LocalEngine engine = new LocalEngine(this.runs, tools, tenancy, slots);
		this.engines.add(engine);
		engine.start();
		return engine;
	}

	Path work(BuildId build) {
		return WorkFolder.of(this.data, build, this.removal).root();
	}

	RunStatus status(BuildId build) {
		return this.runs.find(build).orElseThrow().status();
	}

	/** A real builder takes its time while others build beside it. */
	RunPhase.Ended awaitEnd(BuildId build) {
		Awaitility.await().atMost(Duration.ofSeconds(45)).until(() -> status(build).phase() instanceof RunPhase.Ended);
		return (RunPhase.Ended) status(build).phase();
	}

	RunResult result(BuildId build) {
		return awaitEnd(build).result();
	}

	String log(BuildId build, Step step) {
		return this.logs.read(build, step, 0).text();
	}

	int calls(Step step) {
		return this.calls.get(step).get();
	}

	List<ChildProcess> children(BuildId build) {
		return List.copyOf(new ChildTree(List.of(), RecordedCommands.marker(build)).living());
	}

	/** A step that runs a stubborn family of processes. */
	static StepPlay family(Path directory) {
		String script = "trap '' TERM; sleep 881 & (sleep 882 &); while true; do sleep 883; done";
		return (commands) -> {
			try {
				commands.run(new Command(List.of("sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"), directory),
						(line) -> {
						});
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		};
	}

	@Override
	public void close() {
		this.engines.forEach(LocalEngine::close);
	}

	@Override
	public Optional<CommitSha> resolve(GitRemote remote, GitRef ref) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean has(GitRemote remote, CommitSha commit) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Optional<GitRef> defaultBranch(GitRemote remote) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Ancestry ancestry(GitRemote remote, CommitSha commit, CommitSha other, Optional<GitRef> hint) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Instant checkOut(GitRemote remote, CommitSha commit, Optional<GitRef> hint, Path directory, long maxBytes) {
		try {
			play(Step.CLONE, NO_COMMANDS);
			Files.createDirectories(directory);
			Files.writeString(directory.resolve("Dockerfile"), "FROM scratch\n");
			this.checkout.fill(directory);
			return COMMIT_TIME;
		}
		catch (IOException | InterruptedException ex) {
			throw new GitUnavailable("Cannot clone: interrupted", ex);
		}
	}

	@Override
	public String name() {
		return "played";
	}

	@Override
	public Digest build(Request request, Commands commands, Consumer<String> log) throws InterruptedException {
		play(Step.BUILD, commands);
		log.accept("building");
		this.labels = request.labels();
		if (!Files.exists(request.source().resolve("Dockerfile"))) {
			throw StepFailure.ofRepository("no-dockerfile", "There is no Dockerfile");
		}
		return layout(request.layout(), "layer of " + request.labels());
	}

	static Digest layout(Path layout, String content) {
		try {
			Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
			Digest config = blob(blobs, "{}");
			Digest layer = blob(blobs, content);
			Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
			Files.writeString(layout.resolve("index.json"), "{}");
			return blob(blobs,
					"{\"config\":{\"digest\":\"" + config + "\"},\"layers\":[{\"digest\":\"" + layer + "\"}]}");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Digest blob(Path blobs, String content) throws IOException {
		Digest digest = Digest.ofBytes(content.getBytes(StandardCharsets.UTF_8));
		Files.writeString(blobs.resolve(digest.hex()), content);
		return digest;
	}

	@Override
	public ScanSummary scan(Path layout, Digest digest, GatePolicy gate, Path scratch, Commands commands,
			Consumer<String> log) throws InterruptedException {
		play(Step.SCAN, commands);
		return this.scan;
	}

	@Override
	public String host() {
		return this.host;
	}

	@Override
	public Optional<Digest> digest(ImageName image, String tag) {
		return Optional.ofNullable(this.tags.get(tag));
	}

	@Override
	public boolean holds(ImageName image, Digest digest) {
		return this.tags.containsValue(digest);
	}

	@Override
	public Optional<Map<String, String>> labels(ImageName image, Digest digest) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Map<String, Digest> tags(ImageName image) {
		return new HashMap<>(this.tags);
	}

	@Override
	public void push(Path layout, Digest digest, ImageName image, List<ImageTag> names, Runnable stillOurs) {
		try {
			play(Step.PUSH, NO_COMMANDS);
			point(digest, names, stillOurs);
			this.afterPush.play(NO_COMMANDS);
		}
		catch (InterruptedException ex) {
			throw new RegistryUnavailable("Cannot push: interrupted", ex);
		}
	}

	@Override
	public void tag(ImageName image, Digest digest, List<ImageTag> names, Runnable stillOurs) {
		try {
			play(Step.PUSH, NO_COMMANDS);
			if (!holds(image, digest)) {
				throw new InvalidImage("Cannot tag " + digest + ": it is not held");
			}
			point(digest, names, stillOurs);
			this.afterPush.play(NO_COMMANDS);
		}
		catch (InterruptedException ex) {
			throw new RegistryUnavailable("Cannot tag: interrupted", ex);
		}
	}

	private void point(Digest digest, List<ImageTag> names, Runnable stillOurs) {
		for (ImageTag tag : names) {
			boolean floating = tag.tagClass() == TagClass.FLOATING;
			stillOurs.run();
			if (floating) {
				this.frozen.run();
			}
			this.tags.put(tag.name(), digest);
			if (floating) {
				stillOurs.run();
			}
		}
	}

	private void play(Step step, Commands commands) throws InterruptedException {
		this.calls.get(step).incrementAndGet();
		this.plays.get(step).play(commands);
	}

	private static final Commands NO_COMMANDS = (command, output) -> {
		throw new UnsupportedOperationException();
	};

	/** What happens in a step. */
	@FunctionalInterface
	interface StepPlay {

		void play(Commands commands) throws InterruptedException;

	}

	/** Writes files into a fresh checkout. */
	@FunctionalInterface
	interface Checkout {

		void fill(Path directory) throws IOException;

	}

}
