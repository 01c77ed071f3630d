package dev.imagefactory.spine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.jdbc.TestStore;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.git.Git;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.intake.TestTriage;
import dev.imagefactory.intake.VerifiedDeliveries;
import dev.imagefactory.intake.jdbc.TestDeliveries;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.RepositoryPattern;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.onboarding.jdbc.TestOnboardingStore;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.planning.BuildRequests;
import dev.imagefactory.planning.DeliveryPlanner;
import dev.imagefactory.planning.TestPlanning;
import dev.imagefactory.publication.Publication;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.submission.QueueSettings;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.submission.TestSubmission;
import dev.imagefactory.tracking.Tracking;

import org.springframework.util.FileSystemUtils;

/**
 * The middle of the service: real planning, submission and tracking over a real database
 * and the real embedded registry; only git, the engine and the time are ours.
 */
public final class Spine implements AutoCloseable, Onboarding {

	/** How far two denials must lie apart. */
	public static final Duration APART = Duration.ofSeconds(5);

	/** How long after its claim a run may still be unknown. */
	public static final Duration CREATE_DEADLINE = Duration.ofSeconds(4);

	/** A commit. */
	public static final CommitSha C1 = CommitSha.of("c1".repeat(20));

	/** Another commit. */
	public static final CommitSha C2 = CommitSha.of("c2".repeat(20));

	/** The image of acme/app. */
	public static final ImageName APP = ImageName.of("payments/app");

	/** What scans say. */
	public static final ScanSummary SCAN = new ScanSummary(ScanVerdict.PASSED, Map.of(Severity.LOW, 3), List.of(),
			Instant.parse("2026-01-01T00:00:00Z"));

	private static final TeamName PAYMENTS = TeamName.of("payments");

	/** The default branch. */
	public static final GitRef MAIN = GitRef.branch("main");

	/**
	 * Ids are in order within a millisecond, or within seconds after a later time, only
	 * while nobody else in the process makes some: so each test lives in days of its own,
	 * and time passes between deliveries.
	 */
	private static final AtomicInteger OTHERS = new AtomicInteger();

	public final TestClock clock = new TestClock();

	public final FakeGit git = new FakeGit();

	public final FakeEngine engine = new FakeEngine();

	public final UnsteadyRegistry registry;

	public final Orders orders;

	public final Builds builds;

	public final Tags tags;

	public final Deliveries deliveries;

	public final ImageOwners owners;

	public final KnownRepositories known;

	/** Audit rows as texts. */
	public final List<String> audit = new CopyOnWriteArrayList<>();

	/** Images that repositories make instead of the default. */
	public final Map<String, ImageName> images = new ConcurrentHashMap<>();

	/** Repositories of other teams than the usual one. */
	public final Map<String, TeamName> teams = new ConcurrentHashMap<>();

	/** Branches that the settings name; none means the default branch. */
	public final List<String> branches = new CopyOnWriteArrayList<>();

	/** Below which address repositories are cloned from. */
	public volatile URI cloneUrl = URI.create("https://github.example/");

	/** Whether the settings ask for {@code latest}. */
	public volatile boolean latest;

	/** Repositories that the settings do not name. */
	public final Set<String> gone = ConcurrentHashMap.newKeySet();

	public DeliveryPlanner planner;

	public BuildRequests requests;

	public Submitter submitter;

	public Tracking tracking;

	private final TestDatabase database;

	private final Path directory;

	private final QueueSettings limits;

	private final Duration createDeadline;

	public Spine(TestDatabase database) {
		this(database, new QueueSettings(20, 20));
	}

	public Spine(TestDatabase database, Duration createDeadline) {
		this(database, new QueueSettings(20, 20), createDeadline);
	}

	public Spine(TestDatabase database, QueueSettings limits) {
		this(database, limits, CREATE_DEADLINE);
	}

	private Spine(TestDatabase database, QueueSettings limits, Duration createDeadline) {
		this.database = database;
		this.limits = limits;
		this.createDeadline = createDeadline;
		this.clock.pass(Duration.ofDays(-3L * OTHERS.getAndIncrement()));
		this.directory = temporary();
		this.registry = new UnsteadyRegistry(this.directory);
		this.orders = TestStore.orders(database);
		this.builds = TestStore.builds(database, (event) -> {
		});
		this.tags = TestStore.tags(database);
		this.deliveries = TestDeliveries.of(database);
		this.owners = TestOnboardingStore.owners(database.jdbc());
		this.known = TestOnboardingStore.known(database.jdbc());
		restart();
	}

	private static Path temporary() {
		try {
			return Files.createTempDirectory("image-factory-spine-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Forgets everything that is not stored. */
	public void restart() {
		TestPlanning.Store planned = planned();
		this.planner = TestPlanning.planner(planned, this, this.git, Runnable::run, this.clock);
		this.requests = TestPlanning.requests(planned, this, this.git, this.clock);
		this.submitter = newSubmitter(Runnable::run);
		this.tracking = newTracking();
	}

	/** A submitter as a process has it that was just started. */
	public Submitter newSubmitter(Executor executor) {
		return newSubmitter(this.engine, executor);
	}

	/** A submitter of a process that sees the engine in its own way. */
	public Submitter newSubmitter(Engine seen, Executor executor) {
		return TestSubmission.submitter(stored(seen),
				new TestSubmission.Outside(publication(), seen, this.git, this, this.known), this.limits, executor,
				this.clock);
	}

	/** A submitter as another process has it, with a client of its own. */
	public Submitter replica(Git client) {
		return TestSubmission.submitter(stored(this.engine),
				new TestSubmission.Outside(publication(), this.engine, client, this, this.known), this.limits,
				Runnable::run, this.clock);
	}

	private TestSubmission.Store stored(Engine seen) {
		return new TestSubmission.Store(this.builds, TestStore.turns(this.database, seen::place), this.tags,
				this.database.inTransaction());
	}

	/** A tracking as a process has it that was just started. */
	public Tracking newTracking() {
		return newTracking(this.engine);
	}

	/** A tracking of a process that sees the engine in its own way. */
	public Tracking newTracking(Engine seen) {
		return new Tracking(new Tracking.Stored(this.orders, this.builds, this.tags, this.database.inTransaction()),
				seen, publication(),
				(actor, action, subject, detail) -> this.audit.add(actor + " " + action + " " + subject), this.clock,
				new Tracking.Patience(APART, this.createDeadline));
	}

	/** How the registry is asked. */
	public Publication publication() {
		return new Publication(this.registry, this.builds, this.tags);
	}

	/** What planning stores in. */
	public TestPlanning.Store planned() {
		return new TestPlanning.Store(this.deliveries, this.orders, this.builds, this.tags, this.owners, this.known,
				this.database.transactions());
	}

	@Override
	public Optional<OnboardedRepository> find(RepositoryName name) {
		if (this.gone.contains(name.toString())) {
			return Optional.empty();
		}
		RepositoryRule rule = rule();
		String own = name.toString().substring(name.toString().indexOf('/') + 1);
		ImageName image = this.images.getOrDefault(name.toString(), ImageName.of("payments/" + own));
		return Optional.of(new OnboardedRepository(name, team(this.teams.getOrDefault(name.toString(), PAYMENTS), rule),
				rule, image, this.cloneUrl.resolve(name.toString())));
	}

	private RepositoryRule rule() {
		return new RepositoryRule(RepositoryPattern.of("acme/*"), Provider.GITHUB, null, this.branches, null,
				this.latest, null, null, List.of(), false);
	}

	private static Team team(RepositoryRule rule) {
		return team(PAYMENTS, rule);
	}

	private static Team team(TeamName name, RepositoryRule rule) {
		return new Team(name, ImageName.of("payments"), ArgoIdentity.standard(), GatePolicy.standard(), List.of(rule));
	}

	@Override
	public List<Team> teams() {
		return List.of(team(rule()));
	}

	/** The settings alone, for what needs nothing else. */
	public static Onboarding teamsOnly() {
		return new Onboarding() {

			@Override
			public Optional<OnboardedRepository> find(RepositoryName name) {
				return Optional.empty();
			}

			@Override
			public List<Team> teams() {
				return List.of(team(new RepositoryRule(RepositoryPattern.of("acme/*"), Provider.GITHUB, null, List.of(),
						null, false, null, null, List.of(), false)));
			}

		};
	}

	/** Stores a delivery that is to be planned. */
	public DeliveryId receive(SignedDelivery delivery) {
		this.clock.pass(Duration.ofMillis(1));
		Receipt receipt = this.deliveries
			.receive(List.of(new Arrival(VerifiedDeliveries.of(delivery), TestTriage.accept(), this.clock.instant())))
			.getFirst();
		return switch (receipt) {
			case Receipt.Fresh(DeliveryId id) -> id;
			case Receipt.Repeat(DeliveryId id) -> id;
		};
	}

	/** Stores a delivery and plans it. */
	public Delivery plan(SignedDelivery delivery) {
		DeliveryId id = receive(delivery);
		this.planner.work();
		return this.deliveries.find(id).orElseThrow();
	}

	/** The build that a delivery asked for. */
	public Build buildOf(DeliveryId delivery) {
		return this.builds.ofOrder(this.orders.ofDelivery(delivery).getFirst().id()).getLast();
	}

	/** A queued build of a release of acme/app. */
	public BuildId release(String tag, CommitSha commit) {
		this.git.refs.put(GitRef.tag(tag), commit);
		return buildOf(plan(SignedDelivery.release("acme/app", 1, tag)).id()).id();
	}

	/** A queued build of a release that GitHub calls a pre-release. */
	public BuildId preRelease(String tag, CommitSha commit) {
		this.git.refs.put(GitRef.tag(tag), commit);
		SignedDelivery delivery = SignedDelivery.release("acme/app", 1, tag,
				(payload) -> ((ObjectNode) payload.get("release")).put("prerelease", true));
		return buildOf(plan(delivery).id()).id();
	}

	/** A queued build of a push to any branch. */
	public BuildId push(String repository, long id, GitRef branch, CommitSha commit) {
		return buildOf(plan(SignedDelivery.push(repository, id, branch.value(), commit.value())).id()).id();
	}

	/**
	 * A queued build of a push to main, whose head it then is, on top of those before.
	 */
	public BuildId push(String repository, long id, CommitSha commit) {
		return reset(repository, id, commit).orElseThrow();
	}

	/**
	 * What a push to main comes to that may be a reset; empty while it waits for other
	 * builds.
	 */
	public Optional<BuildId> reset(String repository, long id, CommitSha commit) {
		if (!this.git.line.contains(commit)) {
			this.git.line.add(commit);
		}
		this.git.refs.put(MAIN, commit);
		DeliveryId delivery = plan(SignedDelivery.push(repository, id, "refs/heads/main", commit.value())).id();
		return this.orders.ofDelivery(delivery).isEmpty() ? Optional.empty() : Optional.of(buildOf(delivery).id());
	}

	/** A build as it is stored now. */
	public Build build(BuildId id) {
		return this.builds.find(id).orElseThrow();
	}

	/** Where a build is now. */
	public StateName state(BuildId id) {
		return build(id).state().name();
	}

	/** Why a build is where it is. */
	public String why(BuildId id) {
		return build(id).state().why().orElse("");
	}

	/** Lets a run make and scan its image; the engine says so from now on. */
	public UnsteadyRegistry.Local scan(BuildId id) {
		UnsteadyRegistry.Local made = this.registry.make(id.value());
		this.engine.scanned.put(id, new ScannedImage(made.digest(), SCAN));
		return made;
	}

	/** Whether a run builds nothing. */
	public boolean isRetag(BuildId id) {
		return this.engine.sent.get(id).order().recipe().kind() == OrderKind.RETAG;
	}

	/** Lets a re-tag's run do its step and end. */
	public void retag(BuildId id) {
		Digest digest = point(id);
		end(id, new RunPhase.Ended(new RunResult.Succeeded(digest, ScanSummary.unscanned()), digest));
	}

	/** Lets a re-tag's run do its step. */
	public Digest point(BuildId id) {
		Run run = this.engine.sent.get(id);
		Digest digest = Objects.requireNonNull(run.order().recipe().digest());
		this.registry.tag(run.order().key().image(), digest, run.tags(), TestImages.UNGUARDED);
		return digest;
	}

	/** Lets a run scan and push its image. */
	public Digest pushImage(BuildId id) {
		return push(id, scan(id));
	}

	/** Lets a run push what it has scanned. */
	public Digest push(BuildId id, UnsteadyRegistry.Local made) {
		Run run = this.engine.sent.get(id);
		this.registry.push(made.layout(), made.digest(), run.order().key().image(), run.tags(), TestImages.UNGUARDED);
		return made.digest();
	}

	/** Lets a run push its image and end. */
	public Digest finish(BuildId id) {
		Digest digest = pushImage(id);
		end(id, succeeded(digest));
		return digest;
	}

	/** How a run ends that pushed. */
	public static RunPhase.Ended succeeded(Digest digest) {
		return new RunPhase.Ended(new RunResult.Succeeded(digest, SCAN), digest);
	}

	/** Lets a run end. */
	public void end(BuildId id, RunPhase.Ended phase) {
		this.engine.phase(id, phase);
	}

	/** One beat of submission and of tracking, a while after the last. */
	public void beat() {
		this.clock.pass(APART);
		this.submitter.work();
		this.tracking.relist();
	}

	/** Beats until nothing is open any more, as far as beats do it. */
	public void beats(int times) {
		for (int i = 0; i < times; i++) {
			beat();
		}
	}

	/**
	 * Lets a build ask its repository for as long as it waits for an answer that it
	 * likes.
	 */
	public void askInVain() {
		beats(2);
		this.clock.pass(Duration.ofSeconds(30));
		beat();
	}

	/** A build that is published. */
	public Digest published(BuildId id) {
		beat();
		Digest digest = finish(id);
		beats(2);
		return digest;
	}

	/** The tags that some build holds. */
	public List<String> held() {
		return this.database.jdbc()
			.sql("SELECT tag FROM image_tag WHERE open_build IS NOT NULL ORDER BY tag")
			.query(String.class)
			.list();
	}

	/** How many rows a table has. */
	public int count(String table) {
		return this.database.jdbc().sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

	@Override
	public void close() {
		try {
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
