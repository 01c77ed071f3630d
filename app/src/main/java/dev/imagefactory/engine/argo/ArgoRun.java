package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.imagefactory.pipeline.OrderKind;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Arguments;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Parameter;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowSpec;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import org.jspecify.annotations.Nullable;

/**
 * A Workflow of ours, asked what the translation needs to know.
 *
 * @param workflow the object
 * @param nodes its nodes by our steps
 */
record ArgoRun(IoArgoprojWorkflowV1alpha1Workflow workflow, RunNodes nodes) {

	/** What Argo says of the whole Workflow. */
	enum Phase {

		/** The controller has not seen it. */
		NONE,

		/** It may not begin yet. */
		PENDING,

		/** It is at work, also while it is suspended. */
		RUNNING,

		/** It ended well. */
		SUCCEEDED,

		/** It ended badly. */
		FAILED,

		/** It could not be run, or not to its end. */
		ERROR,

		/** A word that this version does not know. */
		UNKNOWN;

		private static Phase of(@Nullable String name) {
			if (name == null) {
				return NONE;
			}
			return switch (name) {
				case "" -> NONE;
				case "Pending" -> PENDING;
				case "Running" -> RUNNING;
				case "Succeeded" -> SUCCEEDED;
				case "Failed" -> FAILED;
				case "Error" -> ERROR;
				default -> UNKNOWN;
			};
		}

		private boolean isTerminal() {
			return this == SUCCEEDED || this == FAILED || this == ERROR;
		}

	}

	/** Argo's own limit is ten minutes: after that it takes a report for lost. */
	private static final Duration REPORTS_LOST = Duration.ofMinutes(15);

	/**
	 * The Workflow's phase.
	 * @return the phase
	 */
	Phase phase() {
		return Phase.of(status().getPhase());
	}

	/**
	 * What Argo says of the whole Workflow.
	 * @return its message; empty when there is none
	 */
	String message() {
		return Objects.requireNonNullElse(status().getMessage(), "");
	}

	/**
	 * Whether its phase is one that it ends in.
	 * @return true also while outputs are still to be reported
	 */
	boolean isTerminal() {
		return phase().isTerminal();
	}

	/**
	 * Whether nothing of it will change any more: its phase says so, it has an end, and
	 * no output is still to be reported.
	 * @param now the present time
	 * @return true when it is over
	 */
	boolean isOver(Instant now) {
		Instant finished = instant(status().getFinishedAt());
		return isTerminal() && finished != null && (isSynced() || now.isAfter(finished.plus(REPORTS_LOST)));
	}

	/**
	 * Absent means synced: not every node reports, and old versions have other fields.
	 */
	private boolean isSynced() {
		Map<String, Boolean> completed = Objects.requireNonNullElse(status().getTaskResultsCompletionStatus(),
				Map.of());
		return !completed.containsValue(false) && !this.nodes.anyUnsynced();
	}

	/**
	 * How somebody asked it to stop.
	 * @return Argo's word, {@code Stop} or {@code Terminate}; empty when nobody did
	 */
	Optional<String> shutdown() {
		return Optional.ofNullable(spec().getShutdown()).filter((strategy) -> !strategy.isEmpty());
	}

	/**
	 * Whether it waits to be resumed.
	 * @return true when no further step begins
	 */
	boolean isSuspended() {
		return Boolean.TRUE.equals(spec().getSuspend()) || this.nodes.isSuspended();
	}

	/**
	 * Whether somebody deleted it; our finalizer keeps it until its end is stored.
	 * @return true when it goes once it is let go
	 */
	boolean isDeleted() {
		return this.workflow.getMetadata().getDeletionTimestamp() != null;
	}

	/**
	 * Where to look for it.
	 * @return its name with its namespace, as kubectl takes them
	 */
	String place() {
		return "%s -n %s".formatted(this.workflow.getMetadata().getName(), this.workflow.getMetadata().getNamespace());
	}

	/**
	 * When the controller was last given it to begin: when it was made, or when somebody
	 * had it tried again.
	 * @return the time; empty when the object does not say so
	 */
	Optional<Instant> handedOver() {
		String made = this.workflow.getMetadata().getCreationTimestamp();
		return Optional.ofNullable(instant(status().getStartedAt()))
			.or(() -> Optional.ofNullable(made).map(Instant::parse));
	}

	/**
	 * Until when it has to be over.
	 * @return its start and the limit of its template; empty when either is unknown
	 */
	Optional<Instant> deadline() {
		Instant started = instant(status().getStartedAt());
		return limits().ofWorkflow().filter((limit) -> started != null).map((limit) -> started.plus(limit));
	}

	/**
	 * Whether it went on until its deadline.
	 * @return true when it ended at that time or later
	 */
	boolean ranIntoDeadline() {
		Instant finished = instant(status().getFinishedAt());
		return finished != null && deadline().filter((deadline) -> !finished.isBefore(deadline)).isPresent();
	}

	/**
	 * What its templates allow.
	 * @return the limits
	 */
	TemplateLimits limits() {
		return new TemplateLimits(status());
	}

	/**
	 * What it does: a re-tag is told by its arguments.
	 * @return the kind
	 */
	OrderKind kind() {
		return (argument("clone-url").isEmpty() && argument("digest").isPresent()) ? OrderKind.RETAG : OrderKind.BUILD;
	}

	/**
	 * An argument that it was handed over with.
	 * @param name the parameter's name
	 * @return its value; empty when there is none
	 */
	Optional<String> argument(String name) {
		return Optional.ofNullable(spec().getArguments())
			.map(IoArgoprojWorkflowV1alpha1Arguments::getParameters)
			.orElse(List.of())
			.stream()
			.filter((parameter) -> parameter != null && name.equals(parameter.getName()))
			.map(IoArgoprojWorkflowV1alpha1Parameter::getValue)
			.filter(Objects::nonNull)
			.findFirst();
	}

	private IoArgoprojWorkflowV1alpha1WorkflowSpec spec() {
		return Objects.requireNonNullElseGet(this.workflow.getSpec(), IoArgoprojWorkflowV1alpha1WorkflowSpec::new);
	}

	private IoArgoprojWorkflowV1alpha1WorkflowStatus status() {
		return Objects.requireNonNullElseGet(this.workflow.getStatus(), IoArgoprojWorkflowV1alpha1WorkflowStatus::new);
	}

	private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
		return (time != null) ? time.toInstant() : null;
	}

}
