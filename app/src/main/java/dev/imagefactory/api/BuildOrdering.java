package dev.imagefactory.api;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.access.IdempotencyKeys;
import dev.imagefactory.access.IdempotencyKeys.Answer;
import dev.imagefactory.access.IdempotencyKeys.Asked;
import dev.imagefactory.access.IdempotencyKeys.Key;
import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Build;
import dev.imagefactory.planning.BuildRequests;
import dev.imagefactory.planning.BuildRequests.BuildRequest;
import dev.imagefactory.planning.BuildRequests.RequestAnswer;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Orders builds, once for each idempotency key. Only an answer that made builds is kept:
 * a refused request made nothing, so the same key may try again.
 */
@Component
class BuildOrdering {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

	/**
	 * Equal keys meet in the same lock, so that the second waits for the first's answer.
	 */
	private final List<Lock> locks = Stream.generate(() -> (Lock) new ReentrantLock()).limit(64).toList();

	private final BuildRequests requests;

	private final IdempotencyKeys keys;

	private final Audit audit;

	private final Links links;

	private final Clock clock;

	BuildOrdering(BuildRequests requests, IdempotencyKeys keys, Audit audit, Links links, Clock clock) {
		this.requests = requests;
		this.keys = keys;
		this.audit = audit;
		this.links = links;
		this.clock = clock;
	}

	/** Orders what the body asks for. */
	Answer order(Body body, String actor, @Nullable String idempotencyKey) {
		BuildRequest request = body.as(BuildBody.class).toRequest(actor, freshId());
		if (idempotencyKey == null) {
			return order(request);
		}
		if (!KEY.matcher(idempotencyKey).matches()) {
			throw new ApiProblem(ProblemType.INVALID_HEADER,
					"Idempotency-Key: expected are 1 to 255 printable ASCII characters without spaces.");
		}
		Key key = new Key(actor, idempotencyKey);
		Lock lock = this.locks.get(Math.floorMod(key.hashCode(), this.locks.size()));
		lock.lock();
		try {
			return orderOnce(key, body, request);
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * The request's id is stored before it is acted upon; when the answer was lost, the
	 * same id is asked again and finds the same builds.
	 */
	private Answer orderOnce(Key key, Body body, BuildRequest request) {
		Asked asked = this.keys.take(key, body.sha256(), request.requestId(), this.clock.instant());
		if (!asked.bodySha256().equals(body.sha256())) {
			throw new ApiProblem(ProblemType.IDEMPOTENCY_KEY_REUSED,
					"This Idempotency-Key was used before with another body. Use a fresh key for a new request.");
		}
		Answer known = asked.answer();
		if (known != null) {
			return known;
		}
		BuildRequest same = new BuildRequest(request.repository(), request.target(), request.image(), request.bulk(),
				request.actor(), asked.request());
		return this.keys.answer(key, order(same));
	}

	private Answer order(BuildRequest request) {
		return switch (this.requests.request(request)) {
			case RequestAnswer.Accepted accepted -> accepted(request, accepted.builds());
			case RequestAnswer.NotOnboarded missing -> throw new ApiProblem(ProblemType.REPOSITORY_NOT_ONBOARDED,
					"Repository '%s' is not onboarded. Add it under image-factory.teams[].repositories, or correct the name."
						.formatted(request.repository()));
			case RequestAnswer.RefNotFound missing -> throw new ApiProblem(ProblemType.REF_NOT_FOUND, missing.detail());
			case RequestAnswer.RepositoryUnreachable silent ->
				throw new ApiProblem(ProblemType.REPOSITORY_UNREACHABLE, silent.detail());
			case RequestAnswer.Refused refused ->
				throw new ApiProblem(ProblemType.REQUEST_REFUSED, refused.detail()).with("reason", refused.reason());
		};
	}

	private Answer accepted(BuildRequest request, List<Build> builds) {
		builds.forEach((build) -> this.audit.record(request.actor(), "build.request", build.id().value(),
				"%s, request %s".formatted(request.repository(), request.requestId())));
		try {
			String body = JSON.writeValueAsString(OrderedBuilds.of(builds, this.links));
			return new Answer(body, this.links.build(builds.getFirst().id()));
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("Cannot write a list of builds as JSON", ex);
		}
	}

	private String freshId() {
		return UlidCreator.getMonotonicUlid(this.clock.millis()).toString();
	}

}
