package dev.imagefactory.engine.argo;

import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;

/**
 * What the exit codes of our constant scripts mean. Only what no script ends with by
 * accident is the repository's fault; the build's codes are those of the Dockerfile's
 * instructions and mean nothing.
 */
final class ExitCodes {

	/** How Argo's executor ends when it cannot start a step's program. */
	private static final int NOT_STARTED = 64;

	private static final int COMMIT_NOT_FOUND = 31;

	private static final int SOURCE_TOO_LARGE = 32;

	private static final int DOCKERFILE_MISSING = 33;

	private static final int PATH_OUTSIDE = 34;

	private static final int CONTEXT_MISSING = 35;

	private static final int LARGE_FILE_MISSING = 36;

	private static final int NO_LARGE_FILES = 37;

	private static final int SUBMODULE_MISSING = 38;

	private static final int IMAGE_INVALID = 22;

	private static final int IMAGE_CHANGED = 41;

	private final ArgoRun run;

	/**
	 * Creates the reader.
	 * @param run the Workflow, for what the sentences name
	 */
	ExitCodes(ArgoRun run) {
		this.run = run;
	}

	/**
	 * Says how a run ends whose step ended with a code.
	 * @param step the step
	 * @param code its exit code
	 * @return the run's end
	 */
	RunResult of(StepNode step, int code) {
		if (code == NOT_STARTED && step.step() != Step.BUILD) {
			return new RunResult.Errored("executor-error",
					"The program of the step %s could not be started (exit code %d): its image has no shell where the installed template expects one, or is for another processor. Look at the images in the kustomization.yaml of the templates."
						.formatted(step.step().wireName(), code));
		}
		return switch (step.step()) {
			case CLONE -> clone(step, code);
			case BUILD -> new RunResult.Failed("build-failed",
					"The build failed (exit code %d). The log of the step build says which instruction of %s it was: change it, or what it copies, and build again."
						.formatted(code, argument("dockerfile")));
			case SCAN -> scan(step, code);
			case PUSH -> push(step, code);
		};
	}

	private RunResult clone(StepNode step, int code) {
		return switch (code) {
			case COMMIT_NOT_FOUND -> new RunResult.Failed("commit-not-found",
					"The repository does not have the commit %s any more, or its tree must not be written; the log of the step clone says which. Push it again, or build another commit."
						.formatted(argument("commit")));
			case SOURCE_TOO_LARGE -> new RunResult.Failed("source-too-large",
					"The tree of the commit is larger than the %s bytes that image-factory.build.max-source allows, or has more than a million files and folders; the log of the step clone says which. Take out of the repository what need not be there, or raise the setting."
						.formatted(argument("max-source-bytes")));
			case DOCKERFILE_MISSING -> new RunResult.Failed("dockerfile-missing",
					"There is no Dockerfile at %s in the commit. Add it, and build again."
						.formatted(argument("dockerfile")));
			case PATH_OUTSIDE -> new RunResult.Failed("path-outside-repository",
					"The path of the Dockerfile (%s) or of the build context (%s) leads out of the repository's tree. Look for symbolic links on the way to them."
						.formatted(argument("dockerfile"), context()));
			case CONTEXT_MISSING -> new RunResult.Failed("context-missing",
					"The folder of the build context (%s) is not in the commit. Add it, and build again."
						.formatted(context()));
			case LARGE_FILE_MISSING -> new RunResult.Failed("large-file-missing",
					"The commit has a pointer to a large file (Git LFS) that the server does not have; the log of the step clone says which. Send what is missing with git lfs push --all, then rerun the build.");
			case NO_LARGE_FILES -> new RunResult.Errored("git-lfs-missing",
					"Large files (Git LFS) are asked for, and the image of the step clone has no git-lfs. Name one that has it as git in the kustomization.yaml of the templates, as alpine/git has, then rerun the build.");
			case SUBMODULE_MISSING -> new RunResult.Failed("submodule-unavailable",
					"A submodule is on another server than the repository, has not the commit that is asked for, or is written in a way that git refuses; the log of the step clone says which. Mend .gitmodules or push the submodule's commit, and build again.");
			default -> new RunResult.Errored("repository-unreachable",
					"The repository could not be cloned from %s (%s). The log of the step clone says why: look at the network, at the certificates in image-factory-ca, and whether it can be read without a token, then rerun the build."
						.formatted(argument("clone-url"), tries(step, code)));
		};
	}

	private RunResult scan(StepNode step, int code) {
		if (code == IMAGE_INVALID) {
			return new RunResult.Errored("image-invalid",
					"What the build left is not one plain image, so it was neither scanned nor pushed. The log of the step scan says what is wrong with it; most often an instruction of the Dockerfile wrote to /ws/out.");
		}
		return new RunResult.Errored("scanner-error",
				"The scanner itself failed (%s), so nothing is known of the image and it was not pushed. The log of the step scan says why; most often its vulnerability database could not be loaded. Rerun the build when that is mended."
					.formatted(tries(step, code)));
	}

	private RunResult push(StepNode step, int code) {
		if (code == IMAGE_CHANGED) {
			return new RunResult.Errored("image-changed",
					"What was to be pushed, or what the registry has now, is not the image that was asked for. The log of the step push says which. Rerun the build; if it happens again, look what else writes to the run's volume or to the registry.");
		}
		return new RunResult.Errored("registry-unreachable",
				"The image could not be pushed to %s (%s). The log of the step push says why: look at the registry, the network, and the rights of the account argo-sa, then rerun the build."
					.formatted(argument("image"), tries(step, code)));
	}

	private static String tries(StepNode step, int code) {
		int attempts = step.attempts().size();
		return (attempts > 1) ? "exit code %d, tried %d times".formatted(code, attempts) : "exit code " + code;
	}

	/** The empty text is the root of the tree. */
	private String context() {
		return this.run.argument("context")
			.filter((value) -> !value.isEmpty())
			.map(ArgoText::shown)
			.orElse("the root of the tree");
	}

	private String argument(String name) {
		return this.run.argument(name).filter((value) -> !value.isEmpty()).map(ArgoText::shown).orElse("its place");
	}

}
