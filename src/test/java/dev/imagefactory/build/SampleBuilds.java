package dev.imagefactory.build;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;

/** Orders and builds that tests begin with. */
public final class SampleBuilds {

	/** A time without parts smaller than the databases keep. */
	public static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456Z");

	private static final AtomicInteger BORN = new AtomicInteger();

	/** The image that a sample build makes. */
	public static final Digest DIGEST = Digest.of("sha256:" + "a1".repeat(32));

	/** An image that somebody else made. */
	public static final Digest OTHER_DIGEST = Digest.of("sha256:" + "b2".repeat(32));

	/** The engine of claimed sample builds. */
	public static final String ENGINE = "local";

	private static final CommitSha COMMIT = CommitSha.of("c3".repeat(20));

	private SampleBuilds() {
	}

	/** An order of the release {@code tag} of {@code acme/app}. */
	public static BuildOrder release(String tag) {
		return order(key(Trigger.RELEASE, GitRef.tag(tag), ImageName.of("payments/app")), ImageTag.release(tag));
	}

	/** An order of an image of the main branch's {@code commit}. */
	public static BuildOrder main(CommitSha commit) {
		OrderKey key = new OrderKey(RepositoryId.github(1), Trigger.MAIN, GitRef.branch("main"), commit,
				ImageName.of("payments/app"), "");
		return order(key, ImageTag.devSha(commit), ImageTag.dev());
	}

	/** An order with this key. */
	public static BuildOrder order(OrderKey key, ImageTag... tags) {
		BuildRecipe recipe = new BuildRecipe(OrderKind.BUILD, "", "Dockerfile", List.of(tags), GatePolicy.standard(),
				false, null);
		return new BuildOrder(OrderId.next(NOW), key, RepositoryName.of("Acme/App"), TeamName.of("payments"),
				Origin.WEBHOOK, false, DeliveryId.next(NOW), recipe, NOW);
	}

	/** An order somebody asked for. */
	public static BuildOrder manual(GitRef ref) {
		return order(key(Trigger.MANUAL, ref, ImageName.of("payments/app")), ImageTag.sha(COMMIT));
	}

	/** The same order, which lets all others go first. */
	public static BuildOrder bulk(BuildOrder order) {
		BuildRecipe one = order.recipe();
		BuildRecipe recipe = new BuildRecipe(one.kind(), one.context(), one.dockerfile(), one.tags(), one.gate(), true,
				one.digest());
		return new BuildOrder(order.id(), order.key(), order.repository(), order.team(), order.origin(), order.missed(),
				order.delivery(), recipe, order.createdAt());
	}

	/** The key of an order of the sample repository and commit. */
	public static OrderKey key(Trigger trigger, GitRef ref, ImageName image) {
		return new OrderKey(RepositoryId.github(1), trigger, ref, COMMIT, image, "");
	}

	/** The first build of an order, queued. */
	public static Build queued(BuildOrder order) {
		return Build.queued(BuildId.next(born()), order, 1, NOW);
	}

	/** A queued build of a release. */
	public static Build queued() {
		return queued(release("v1.0.0"));
	}

	/** What an engine is given for a build. */
	public static Run run(Build build) {
		return new Run(build.id(), build.attempt(), build.order(), build.tags(),
				URI.create("https://github.example/acme/app.git"), URI.create("https://github.example/acme/app"),
				URI.create("http://127.0.0.1:8080/builds/" + build.id()),
				new Run.Limits(Duration.ofMinutes(60), 1L << 30));
	}

	/** A scan with findings that have every field, and one that has the fewest. */
	public static ScanSummary scan(ScanVerdict verdict) {
		return new ScanSummary(verdict, Map.of(Severity.CRITICAL, 1, Severity.LOW, 7),
				List.of(new Finding("CVE-2026-1", "openssl", "3.0.1", "3.0.2", Severity.CRITICAL,
						"https://a.example/1"), new Finding("CVE-2026-2", "zlib", "1.2", null, Severity.LOW, null)),
				NOW.minusSeconds(3600));
	}

	/** An image with its scan. */
	public static ScannedImage image(Digest digest) {
		return new ScannedImage(digest, scan(ScanVerdict.PASSED));
	}

	/** How a run ends when all goes well. */
	public static RunResult.Succeeded succeeded() {
		return new RunResult.Succeeded(DIGEST, scan(ScanVerdict.PASSED));
	}

	/** The claim of a build with all tags it wants. */
	public static BuildEvent.Claimed claimed(Build build) {
		return new BuildEvent.Claimed(build.tags(), ENGINE);
	}

	/** A build in a state, brought there by events as they happen in life. */
	public static Build in(StateName state) {
		return in(state, queued());
	}

	/** A queued build, brought to a state by events as they happen in life. */
	public static Build in(StateName state, Build queued) {
		BuildEvent claimed = claimed(queued);
		BuildEvent works = new BuildEvent.RunWorks(Step.BUILD);
		BuildEvent pushed = new BuildEvent.RunEnded(succeeded(), DIGEST);
		return switch (state) {
			case QUEUED -> queued;
			case SUBMITTING -> after(queued, claimed);
			case WAITING -> after(queued, claimed, new BuildEvent.RunWaits("no-room", "No node has room."));
			case RUNNING -> after(queued, claimed, works);
			case VERIFYING -> after(queued, claimed, works, pushed);
			case SUCCEEDED -> after(queued, claimed, works, pushed, new BuildEvent.DigestConfirmed(DIGEST, null));
			case REJECTED -> ended(queued, new RunResult.Rejected(scan(ScanVerdict.REJECTED)));
			case FAILED -> ended(queued, new RunResult.Failed("no-dockerfile", "There is no Dockerfile."));
			case ERRORED -> ended(queued, new RunResult.Errored("disk-full", "The disk is full."));
			case TIMED_OUT -> ended(queued, new RunResult.TimedOut("It took more than an hour."));
			case LOST -> after(ended(queued, new RunResult.Vanished("The engine does not know it.")),
					new BuildEvent.DigestMissing(), new BuildEvent.DigestMissing());
			case CANCELLED -> ended(queued, new RunResult.Stopped("in step build"));
			case SUPERSEDED -> after(queued, new BuildEvent.SupersededBy(BuildId.next(born())));
		};
	}

	private static Build ended(Build queued, RunResult result) {
		return after(queued, claimed(queued), new BuildEvent.RunEnded(result, null));
	}

	/** A build after events, each of which must change it. */
	public static Build after(Build build, BuildEvent... events) {
		Build now = build;
		for (BuildEvent event : events) {
			now = BuildMachine.apply(now, event, NOW).orElseThrow().build();
		}
		return now;
	}

	/**
	 * Later than all before, but before {@link #NOW}. Ids that are less than 10 s apart
	 * are in order only while no other class in the process makes some.
	 */
	private static Instant born() {
		return NOW.minus(Duration.ofDays(90)).plusSeconds(20L * BORN.getAndIncrement());
	}

}
