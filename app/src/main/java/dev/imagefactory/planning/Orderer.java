package dev.imagefactory.planning;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.OrderBusy;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;

/**
 * Turns a wish into exactly one order with its first build; joins the caller's
 * transaction.
 */
class Orderer {

	private static final String ROOT = "";

	private static final String DOCKERFILE = "Dockerfile";

	private final Orders orders;

	private final Builds builds;

	private final Tags tags;

	private final ImageOwners owners;

	private final String registry;

	private final Clock clock;

	/**
	 * Creates the orderer.
	 * @param orders the stored orders
	 * @param builds the stored builds
	 * @param tags what tags are known to point at
	 * @param owners whose an image name is
	 * @param registry the registry's host
	 * @param clock the time
	 */
	Orderer(Orders orders, Builds builds, Tags tags, ImageOwners owners, String registry, Clock clock) {
		this.orders = orders;
		this.builds = builds;
		this.tags = tags;
		this.owners = owners;
		this.registry = registry;
		this.clock = clock;
	}

	/**
	 * Orders what is wished.
	 * @param wish what somebody wants
	 * @return the order, new or from before
	 * @throws PlanningFailure {@code image-owned} or {@code tag-moved}
	 */
	Ordered order(Wish wish) {
		ImageName image = wish.repository().defaultImage();
		claim(image, wish);
		Optional<BuildOrder> before = this.orders.find(key(wish));
		if (before.isEmpty()) {
			refuseMovedTag(image, wish);
			BuildOrder order = draft(wish, this.clock.instant());
			if (this.orders.addIfAbsent(order)) {
				link(wish, order);
				Build first = first(order);
				this.builds.add(first);
				return new Ordered(order, first);
			}
		}
		BuildOrder existing = before.or(() -> madeMeanwhile(wish)).orElseThrow();
		link(wish, existing);
		return new Ordered(existing, null);
	}

	/**
	 * Somebody else was quicker, maybe with another commit, when a call was heard twice.
	 */
	private Optional<BuildOrder> madeMeanwhile(Wish wish) {
		return this.orders.find(key(wish)).or(() -> this.orders.ofRequest(wish.asked().request()));
	}

	/**
	 * The order that a wish led to before.
	 * @param wish what somebody wants
	 * @return empty when it led to none so far
	 */
	Optional<BuildOrder> ordered(Wish wish) {
		return this.orders.find(key(wish));
	}

	private boolean isSuperseded(BuildOrder order) {
		return latest(order).filter(Orderer::isSuperseded).isPresent();
	}

	/**
	 * Makes sure that an order of a push which is found again is not superseded by what
	 * somebody knew of the branch before: that is found out anew.
	 * @param order an order from before
	 * @return false when it was superseded meanwhile
	 */
	boolean isKept(BuildOrder order) {
		return order.key().trigger() != Trigger.MAIN
				|| latest(order).filter((build) -> this.builds.recall(build.id())).isPresent() || !isSuperseded(order);
	}

	/**
	 * Builds a superseded push after all, or points tags at its image once more.
	 * @param wish a wish that is ordered, and superseded or a re-tag that is over
	 * @return the order with its next build, or without one when somebody was quicker
	 * @throws OrderBusy when somebody does the same just now: the caller's transaction is
	 * undone, and may be tried again
	 */
	Ordered orderAgain(Wish wish) {
		BuildOrder order = this.orders.find(key(wish)).orElseThrow();
		link(wish, order);
		Optional<Build> next = this.latest(order).filter(Orderer::isToFollow).map(this::again);
		next.ifPresent(this.builds::add);
		return new Ordered(order, next.orElse(null));
	}

	/**
	 * The last build of an order.
	 * @param order the order
	 * @return empty when it has none so far
	 */
	Optional<Build> latest(BuildOrder order) {
		return this.builds.ofOrder(order.id()).stream().reduce((earlier, later) -> later);
	}

	/**
	 * Whether something newer took a build's place: it never had an image.
	 * @param build a build
	 * @return false also when nothing came of it so far
	 */
	static boolean isSuperseded(Build build) {
		return build.state().name() == StateName.SUPERSEDED;
	}

	private static boolean isToFollow(Build build) {
		return isSuperseded(build) || build.order().recipe().kind() == OrderKind.RETAG && !build.isOpen();
	}

	private static Build first(BuildOrder order) {
		return Build.queued(BuildId.next(order.createdAt()), order, 1, order.createdAt());
	}

	private Build again(Build build) {
		return build.againByPush(this.clock.instant());
	}

	/**
	 * Says what ordering would lead to now, without storing anything.
	 * @param wish what somebody may want
	 * @param again whether it would be built after all when it is superseded
	 * @return the order from before, or the one that would be made
	 * @throws PlanningFailure as {@link #order} would
	 */
	Ordered foresee(Wish wish, boolean again) {
		ImageName image = wish.repository().defaultImage();
		this.owners.find(this.registry, image)
			.filter((owner) -> !owner.equals(provisional(wish)))
			.ifPresent((owner) -> requireOwn(owner, image, wish));
		Optional<BuildOrder> before = this.orders.find(key(wish));
		if (before.isPresent()) {
			return new Ordered(before.get(), again ? latest(before.get()).map(this::again).orElse(null) : null);
		}
		refuseMovedTag(image, wish);
		BuildOrder order = draft(wish, this.clock.instant());
		return new Ordered(order, first(order));
	}

	private static OrderKey key(Wish wish) {
		return new OrderKey(wish.id(), wish.trigger(), wish.ref(), wish.commit(), wish.repository().defaultImage(),
				wish.asked().request());
	}

	private static BuildOrder draft(Wish wish, Instant now) {
		OrderKind kind = (wish.digest() != null) ? OrderKind.RETAG : OrderKind.BUILD;
		BuildRecipe recipe = new BuildRecipe(kind, ROOT, DOCKERFILE, wish.tags(), wish.repository().team().gate(),
				wish.bulk(), wish.digest());
		return new BuildOrder(OrderId.next(now), key(wish), wish.repository().name(), wish.repository().team().name(),
				wish.asked().origin(), false, wish.asked().delivery(), recipe, now);
	}

	/**
	 * The first build that an API call led to, if it was heard before.
	 * @param request the call's own id
	 * @return empty when it made nothing yet
	 */
	Optional<Build> madeFor(String request) {
		return this.orders.ofRequest(request).map((order) -> this.builds.ofOrder(order.id()).getFirst());
	}

	/**
	 * The order of a release that the provider told us about.
	 * @param repository the repository
	 * @param id its identity
	 * @param tag the release's git tag
	 * @param commit its commit
	 * @return empty when no delivery announced it
	 */
	Optional<BuildOrder> announced(OnboardedRepository repository, RepositoryId id, GitRef tag, CommitSha commit) {
		return this.orders.find(new OrderKey(id, Trigger.RELEASE, tag, commit, repository.defaultImage(), ""));
	}

	/**
	 * The order by which a release was promoted.
	 * @param wish the release
	 * @return empty when it was not, so far
	 */
	Optional<BuildOrder> promoted(Wish wish) {
		return this.orders.find(new OrderKey(wish.id(), wish.trigger(), wish.ref(), wish.commit(),
				wish.repository().defaultImage(), Wish.PROMOTION));
	}

	private void claim(ImageName image, Wish wish) {
		RepositoryId provisional = provisional(wish);
		RepositoryId owner = this.owners.claim(this.registry, image, wish.id());
		if (owner.equals(provisional) && !wish.id().equals(provisional)) {
			this.owners.handOver(provisional, wish.id());
			owner = wish.id();
		}
		requireOwn(owner, image, wish);
	}

	private static RepositoryId provisional(Wish wish) {
		return RepositoryId.provisional(wish.id().provider(), wish.repository().name());
	}

	private static void requireOwn(RepositoryId owner, ImageName image, Wish wish) {
		if (!owner.equals(wish.id())) {
			throw new PlanningFailure("image-owned",
					"Image %s belongs to repository %s, which claimed it first. Give %s another image under image-factory.teams."
						.formatted(image, owner, wish.repository().name()));
		}
	}

	/**
	 * A release whose tag now names another commit is refused while the old one stands.
	 */
	private void refuseMovedTag(ImageName image, Wish wish) {
		List<ImageTag> releases = wish.tags().stream().filter((tag) -> tag.tagClass() == TagClass.RELEASE).toList();
		for (ImageTag release : releases) {
			this.tags.find(image, release.name()).filter((known) -> isAnothers(known, wish)).ifPresent((known) -> {
				throw new PlanningFailure("tag-moved",
						"The tag %s named another commit when its image was published or begun; now it names %s. Publish the new commit under a new tag."
							.formatted(release, wish.commit()));
			});
		}
	}

	private boolean isAnothers(Tags.Known known, Wish wish) {
		if (known.digest() != null) {
			return !wish.commit().equals(known.commit());
		}
		return known.holder() != null && this.builds.find(known.holder())
			.filter((holder) -> !holder.order().key().commit().equals(wish.commit()))
			.isPresent();
	}

	private void link(Wish wish, BuildOrder order) {
		if (wish.asked().delivery() != null) {
			this.orders.link(wish.asked().delivery(), order.id());
		}
	}

}
