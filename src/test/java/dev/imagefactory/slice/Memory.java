package dev.imagefactory.slice;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Attempted;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Transition;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** What the API and the pages read, kept in memory; a test puts into it what it likes. */
public final class Memory {

	public final FakeBuilds builds = new FakeBuilds();

	public final FakeOrders orders = new FakeOrders();

	public final FakeDeliveries deliveries = new FakeDeliveries();

	public final FakeLogs logs = new FakeLogs();

	public final FakeAudit audit = new FakeAudit();

	public final FakeOnboarding onboarding = new FakeOnboarding();

	public void clear() {
		this.builds.all.clear();
		this.builds.histories.clear();
		this.builds.failure = null;
		this.orders.links.clear();
		this.deliveries.all.clear();
		this.logs.texts.clear();
		this.logs.growing.clear();
		this.audit.rows.clear();
		this.onboarding.teams.clear();
		this.onboarding.repositories.clear();
	}

	/** Builds by id. */
	public static final class FakeBuilds implements Builds {

		public final Map<BuildId, Build> all = new ConcurrentSkipListMap<>(Comparator.reverseOrder());

		public final Map<BuildId, List<HistoryEntry>> histories = new ConcurrentHashMap<>();

		public volatile @Nullable RuntimeException failure;

		@Override
		public void add(Build build) {
			this.all.put(build.id(), build);
		}

		@Override
		public void store(Transition transition) {
			this.all.put(transition.build().id(), transition.build());
		}

		@Override
		public void storeClaim(Transition transition, Run run) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean storeSuperseded(Transition transition, BuildId newer) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<Build> queuedBeside(Build build, int limit) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void storeSteps(Build build) {
			this.all.put(build.id(), build);
		}

		@Override
		public void storeScanned(BuildId id, ScannedImage image, Instant at) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<Attempted> scanned(OrderId order) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean noteReaped(BuildId id, Instant at) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<Build> find(BuildId id) {
			RuntimeException broken = this.failure;
			if (broken != null) {
				throw broken;
			}
			return Optional.ofNullable(this.all.get(id));
		}

		@Override
		public Optional<StateName> state(BuildId id) {
			return find(id).map((build) -> build.state().name());
		}

		@Override
		public Map<BuildId, String> places(Collection<BuildId> ids) {
			Map<BuildId, String> places = new ConcurrentHashMap<>();
			ids.forEach((id) -> run(id).map(Run::place).ifPresent((place) -> places.put(id, place)));
			return places;
		}

		@Override
		public Map<BuildId, String> openPlaces() {
			return Map.of();
		}

		@Override
		public Optional<Run> run(BuildId id) {
			return Optional.empty();
		}

		@Override
		public List<Build> open(Collection<StateName> states, int limit) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Set<BuildId> openIds(Collection<StateName> states, int limit) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<Build> list(BuildFilter filter, @Nullable BuildId before, int limit) {
			RuntimeException broken = this.failure;
			if (broken != null) {
				throw broken;
			}
			return this.all.values()
				.stream()
				.filter((build) -> before == null || build.id().compareTo(before) < 0)
				.filter((build) -> filter.repository() == null
						|| build.order().repository().isSameAs(filter.repository()))
				.filter((build) -> filter.state() == null || build.state().name() == filter.state())
				.filter((build) -> filter.trigger() == null || build.order().key().trigger() == filter.trigger())
				.filter((build) -> filter.commit() == null || build.order().key().commit().equals(filter.commit()))
				.filter((build) -> filter.since() == null || !build.times().createdAt().isBefore(filter.since()))
				.limit(limit)
				.toList();
		}

		@Override
		public List<Build> ofOrder(OrderId order) {
			return this.all.values()
				.stream()
				.filter((build) -> build.order().id().equals(order))
				.sorted(Comparator.comparing(Build::attempt))
				.toList();
		}

		@Override
		public List<HistoryEntry> history(BuildId id) {
			return List.copyOf(this.histories.getOrDefault(id, List.of()));
		}

		@Override
		public void noteQueueReason(BuildId id, @Nullable String reason) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Unanswered noteUnanswered(BuildId id, String reason, Instant at) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean recall(BuildId id) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void noteSilence(BuildId id, String reason) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<QueuePlace> queuePlace(BuildId id) {
			return Optional.of(new QueuePlace(3, "tag-busy"));
		}

	}

	/** Links of deliveries. */
	public static final class FakeOrders implements Orders {

		public final Map<DeliveryId, List<BuildOrder>> links = new ConcurrentHashMap<>();

		@Override
		public boolean addIfAbsent(BuildOrder order) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<BuildOrder> find(OrderKey key) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<BuildOrder> find(OrderId id) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<BuildOrder> ofRequest(String request) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void link(DeliveryId delivery, OrderId order) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<BuildOrder> ofDelivery(DeliveryId delivery) {
			return this.links.getOrDefault(delivery, List.of());
		}

	}

	/** Deliveries in the order in which they came. */
	public static final class FakeDeliveries implements Deliveries {

		public final List<Delivery> all = new CopyOnWriteArrayList<>();

		public volatile boolean replayable = true;

		@Override
		public List<Receipt> receive(List<Deliveries.Arrival> arrivals) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<Delivery> find(DeliveryId id) {
			return this.all.stream().filter((each) -> each.id().equals(id)).findFirst();
		}

		@Override
		public List<Delivery> withGuid(String guid) {
			return this.all.reversed().stream().filter((each) -> each.guid().equals(guid)).toList();
		}

		@Override
		public Optional<byte[]> body(DeliveryId id) {
			return Optional.empty();
		}

		@Override
		public List<Delivery> list(Filter filter, @Nullable DeliveryId before, int limit) {
			return this.all.reversed()
				.stream()
				.filter((each) -> before == null || each.id().value().compareTo(before.value()) < 0)
				.filter((each) -> filter.outcome() == null || each.decision().outcome() == filter.outcome())
				.filter((each) -> filter.event() == null || each.event().equals(filter.event()))
				.filter((each) -> filter.repository() == null || filter.repository().equals(each.repository()))
				.limit(limit)
				.toList();
		}

		@Override
		public List<Delivery> claim(Claim claim, Instant now) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean decide(Delivery delivery, Delivery.Decided decided) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean postpone(Delivery delivery, Instant due, String detail) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean replay(Delivery delivery, Instant at) {
			if (this.replayable) {
				this.all.replaceAll((each) -> each.id().equals(delivery.id()) ? accepted(each) : each);
			}
			return this.replayable;
		}

		@Override
		public int forgetBodies(Instant before, int limit) {
			throw new UnsupportedOperationException();
		}

		public static Delivery accepted(Delivery was) {
			return new Delivery(was.id(), was.hook(), was.guid(), was.event(), was.action(), was.repositoryId(),
					was.repository(), was.receivedAt(), was.receipts(),
					new Delivery.Decided(DeliveryOutcome.ACCEPTED, null, null, List.of(), null), was.planning(),
					was.bodyKept(), was.version() + 1);
		}

		public static Delivery withoutBody(Delivery was) {
			return new Delivery(was.id(), was.hook(), was.guid(), was.event(), was.action(), was.repositoryId(),
					was.repository(), was.receivedAt(), was.receipts(), was.decision(), was.planning(), false,
					was.version());
		}

	}

	/** Logs as texts; offsets count characters, which are bytes for ASCII. */
	public static final class FakeLogs implements StepLogs {

		public final Map<BuildId, Map<Step, String>> texts = new ConcurrentHashMap<>();

		/** Builds whose logs have more to come. */
		public final Set<BuildId> growing = ConcurrentHashMap.newKeySet();

		public void append(BuildId build, Step step, String text) {
			this.texts.computeIfAbsent(build, (id) -> new ConcurrentSkipListMap<>()).merge(step, text, String::concat);
		}

		@Override
		public StepLog open(BuildId build, Step step) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void complete(BuildId build) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Part read(BuildId build, Step step, long offset) {
			String text = this.texts.getOrDefault(build, Map.of()).getOrDefault(step, "");
			String rest = text.substring((int) Math.min(offset, text.length()));
			return new Part(rest, offset + rest.length(), !this.growing.contains(build));
		}

		@Override
		public List<Step> steps(BuildId build) {
			return new ArrayList<>(this.texts.getOrDefault(build, Map.of()).keySet());
		}

	}

	/** Rows as texts. */
	public static final class FakeAudit implements Audit {

		public final List<String> rows = new CopyOnWriteArrayList<>();

		@Override
		public void record(String actor, String action, String subject, String detail) {
			this.rows.add("%s %s %s %s".formatted(actor, action, subject, detail));
		}

	}

	/** Teams. */
	public static final class FakeOnboarding implements Onboarding {

		public final List<Team> teams = new CopyOnWriteArrayList<>();

		public final Map<RepositoryName, OnboardedRepository> repositories = new ConcurrentHashMap<>();

		@Override
		public Optional<OnboardedRepository> find(RepositoryName name) {
			return Optional.ofNullable(this.repositories.get(name));
		}

		@Override
		public List<Team> teams() {
			return List.copyOf(this.teams);
		}

	}

	/** Knows acme/pinned only. */
	public static final class Strangers implements KnownRepositories {

		@Override
		public Identity identify(RepositoryId id, RepositoryName name) {
			return name.toString().equals("acme/pinned")
					? new Identity.Conflict(new Known(RepositoryId.github(99), name, "main", Samples.START))
					: new Identity.Unseen();
		}

		@Override
		public void remember(RepositoryId id, RepositoryName name, String defaultBranch, Instant at) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<Known> find(RepositoryName name) {
			return Optional.empty();
		}

	}

}
