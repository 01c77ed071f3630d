package dev.imagefactory.engine;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** Runs to test engines with. */
public final class TestRuns {

	private TestRuns() {
	}

	/** A run of a release, with a fresh name. */
	public static Run release() {
		return release(OrderKind.BUILD, Duration.ofMinutes(5));
	}

	/** A run that may take a given time. */
	public static Run release(OrderKind kind, Duration timeout) {
		return release(kind, timeout, GatePolicy.standard());
	}

	/** A run with a given gate. */
	public static Run release(OrderKind kind, Duration timeout, GatePolicy gate) {
		Instant now = Instant.now();
		CommitSha commit = CommitSha.of("0123456789012345678901234567890123456789");
		List<ImageTag> tags = List.of(ImageTag.release("v1.2.3"), ImageTag.latest());
		OrderKey key = new OrderKey(RepositoryId.github(42), Trigger.RELEASE, GitRef.tag("v1.2.3"), commit,
				ImageName.of("payments/app"), "");
		BuildOrder order = new BuildOrder(OrderId.next(now), key, RepositoryName.of("acme/app"),
				TeamName.of("payments"), Origin.WEBHOOK, false, DeliveryId.next(now),
				new BuildRecipe(kind, "", "Dockerfile", tags, gate, false, digest(kind)), now);
		return new Run(BuildId.next(now), 1, order, tags, URI.create("https://example.com/acme/app.git"),
				URI.create("https://example.com/acme/app"), URI.create("http://127.0.0.1:8080/builds/x"),
				new Run.Limits(timeout, 1_000_000));
	}

	private static @Nullable Digest digest(OrderKind kind) {
		return (kind == OrderKind.RETAG) ? Digest.ofBytes(new byte[] { 1 }) : null;
	}

}
