package dev.imagefactory.api;

import java.security.Principal;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Orders;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryAccepted;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Deliveries: list, read with every rule's verdict, plan again. */
@RestController
@RequestMapping("/api/v1/deliveries")
@Tag(name = "deliveries", description = "What was received, which rule decided, what came of it")
class DeliveriesApi {

	private static final Pattern EVENT = Pattern.compile("[a-z0-9_]{1,64}");

	private static final Pattern GUID = Pattern.compile("[A-Za-z0-9-]{1,64}");

	private final Deliveries deliveries;

	private final Orders orders;

	private final Builds builds;

	private final Audit audit;

	private final TransactionOperations transaction;

	private final ApplicationEventPublisher events;

	private final Links links;

	private final Clock clock;

	DeliveriesApi(Deliveries deliveries, Orders orders, Builds builds, Audit audit, TransactionOperations transaction,
			ApplicationEventPublisher events, Links links, Clock clock) {
		this.deliveries = deliveries;
		this.orders = orders;
		this.builds = builds;
		this.audit = audit;
		this.transaction = transaction;
		this.events = events;
		this.links = links;
		this.clock = clock;
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "List deliveries, newest first")
	ItemList<DeliveryJson> list(
			@Parameter(description = "owner/name") @RequestParam(name = "repository",
					required = false) @Nullable String repository,
			@Parameter(description = "accepted, built, ignored, duplicate or failed") @RequestParam(name = "outcome",
					required = false) @Nullable String outcome,
			@Parameter(description = "Such as release or push") @RequestParam(name = "event",
					required = false) @Nullable String event,
			@Parameter(description = "1 to 200, otherwise 50") @RequestParam(name = "limit",
					required = false) @Nullable String limit,
			@Parameter(description = "nextCursor of the page before") @RequestParam(name = "cursor",
					required = false) @Nullable String cursor) {
		Deliveries.Filter filter = new Deliveries.Filter(Query.value("repository", repository, RepositoryName::of),
				Query.word("outcome", outcome, DeliveryOutcome.values(), DeliveryOutcome::wireName),
				Query.value("event", event, DeliveriesApi::event));
		int most = Query.limit(limit);
		List<Delivery> read = this.deliveries.list(filter, Query.cursor(cursor, DeliveryId::of), most + 1);
		return ItemList.of(read, most, Delivery::id,
				(delivery) -> DeliveryJson.of(delivery, buildsOf(delivery.id()), null));
	}

	@GetMapping(path = "/{delivery}", produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Read a delivery",
			description = "By our own id, or by the sender's GUID: then the newest with it.")
	DeliveryJson read(@PathVariable("delivery") String delivery) {
		Delivery found = find(delivery);
		List<DeliveryId> others = this.deliveries.withGuid(found.guid())
			.stream()
			.map(Delivery::id)
			.filter((id) -> !id.equals(found.id()))
			.toList();
		return DeliveryJson.of(found, buildsOf(found.id()), others);
	}

	@PostMapping(path = "/{delivery}/replay", produces = MediaType.APPLICATION_JSON_VALUE)
	@Operation(summary = "Plan a delivery again",
			description = "With the settings of now. What was ordered before is linked, not built twice.")
	@ApiResponse(responseCode = "202", description = "Being planned",
			content = @Content(schema = @Schema(implementation = Replayed.class)))
	@ApiResponse(responseCode = "409", description = "body-not-kept or changed-meanwhile",
			ref = OpenApiDocument.PROBLEM)
	ResponseEntity<Replayed> replay(@PathVariable("delivery") String delivery, Principal actor) {
		Delivery found = find(delivery);
		if (!found.bodyKept()) {
			throw new ApiProblem(ProblemType.BODY_NOT_KEPT,
					"The body of delivery %s is not stored, so it cannot be planned again. Let the sender deliver it again."
						.formatted(found.id()));
		}
		this.transaction.executeWithoutResult((status) -> {
			if (!this.deliveries.replay(found, this.clock.instant())) {
				throw new ApiProblem(ProblemType.CHANGED_MEANWHILE,
						"Delivery %s was changed by somebody else meanwhile. Read it again, then decide."
							.formatted(found.id()));
			}
			this.audit.record(actor.getName(), "delivery.replay", found.id().value(), "");
			this.events.publishEvent(new DeliveryAccepted(found.id()));
		});
		return ResponseEntity.accepted()
			.body(new Replayed(found.id().value(), DeliveryOutcome.ACCEPTED.wireName(),
					this.links.delivery(found.id())));
	}

	private List<DeliveryJson.BuildLink> buildsOf(DeliveryId delivery) {
		return this.orders.ofDelivery(delivery)
			.stream()
			.flatMap((order) -> this.builds.ofOrder(order.id()).stream())
			.map((build) -> DeliveryJson.BuildLink.of(build, this.links))
			.toList();
	}

	private Delivery find(String text) {
		Optional<Delivery> own = ownId(text).flatMap(this.deliveries::find);
		return own.or(() -> newest(text))
			.orElseThrow(() -> new ApiProblem(ProblemType.DELIVERY_NOT_FOUND,
					"There is no delivery '%s', neither by our own id nor by the sender's GUID. GET /api/v1/deliveries lists those that came."
						.formatted(Words.printable(text))));
	}

	private Optional<Delivery> newest(String guid) {
		return GUID.matcher(guid).matches() ? this.deliveries.withGuid(guid).stream().findFirst() : Optional.empty();
	}

	private static Optional<DeliveryId> ownId(String text) {
		try {
			return Optional.of(DeliveryId.of(text));
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

	private static String event(String text) {
		if (!EVENT.matcher(text).matches()) {
			throw new InvalidValue("event name", text, "expected 1 to 64 of a-z, 0-9 and '_'");
		}
		return text;
	}

	/** The answer to a replay. */
	@Schema(name = "Replayed")
	record Replayed(String delivery, String outcome, String url) {
	}

}
