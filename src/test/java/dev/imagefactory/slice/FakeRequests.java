package dev.imagefactory.slice;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.planning.BuildRequests;
import dev.imagefactory.source.GitRef;
import org.jspecify.annotations.Nullable;

/** Orders builds as planning promises to: the same request id gives the same builds. */
public final class FakeRequests implements BuildRequests {

	public final List<BuildRequest> asked = new CopyOnWriteArrayList<>();

	public volatile @Nullable RequestAnswer next;

	public volatile Runnable beforeAnswer = () -> {
	};

	private final Map<String, RequestAnswer> known = new ConcurrentHashMap<>();

	private final Memory memory;

	public FakeRequests(Memory memory) {
		this.memory = memory;
	}

	public void clear() {
		this.asked.clear();
		this.known.clear();
		this.next = null;
		this.beforeAnswer = () -> {
		};
	}

	@Override
	public RequestAnswer request(BuildRequest request) {
		this.asked.add(request);
		RequestAnswer fixed = this.next;
		if (fixed != null) {
			return fixed;
		}
		RequestAnswer answer = this.known.computeIfAbsent(request.requestId(), (id) -> {
			GitRef ref = (request.target() instanceof Target.Ref named) ? named.ref() : null;
			Build build = Samples.queued(Samples.order(ref, Trigger.MANUAL, id, null, Samples.START), Samples.START);
			this.memory.builds.add(build);
			return new RequestAnswer.Accepted(List.of(build));
		});
		this.beforeAnswer.run();
		return answer;
	}

	@Override
	public RerunAnswer rerun(BuildId id, String actor) {
		Build build = this.memory.builds.all.get(id);
		if (build == null) {
			return new RerunAnswer.NotFound();
		}
		if (build.isOpen()) {
			return new RerunAnswer.StillOpen(build);
		}
		Build next = Build.queued(BuildId.next(Samples.START), build.order(), build.attempt() + 1, Samples.START);
		this.memory.builds.add(next);
		return new RerunAnswer.Accepted(next);
	}

	@Override
	public CancelAnswer cancel(BuildId id, String actor) {
		Build build = this.memory.builds.all.get(id);
		if (build == null) {
			return new CancelAnswer.NotFound();
		}
		if (!build.isOpen()) {
			return new CancelAnswer.Over(build);
		}
		Build ended = Samples.in(build, new BuildState.Cancelled("It was still queued."));
		this.memory.builds.add(ended);
		return new CancelAnswer.Accepted(ended);
	}

}
