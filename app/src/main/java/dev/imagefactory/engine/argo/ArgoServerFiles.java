package dev.imagefactory.engine.argo;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

import io.argoproj.workflow.apis.ArtifactServiceApi;
import org.jspecify.annotations.Nullable;

/**
 * What nodes have put into Argo's artifact store. The server reads it with the rights of
 * the token, the Secret with the store's key included, and says no more than 500 of
 * whatever goes wrong with that.
 *
 * @param artifacts the service
 */
record ArgoServerFiles(ArtifactServiceApi artifacts) {

	private static final int NOT_FOUND = 404;

	/**
	 * Reads a log, by the Workflow's name, and where its object is gone from the archive.
	 * @param step the step that it is of
	 * @param node the node's id
	 * @return empty when it is not in the store
	 */
	Optional<String> log(StepTries step, String node) {
		String name = StepTries.LOG_ARTIFACT;
		return read(() -> this.artifacts.getOutputArtifact(step.namespace(), step.build().value(), node, name))
			.or(() -> read(() -> this.artifacts.getOutputArtifactByUID(step.uid(), node, name)));
	}

	private static Optional<String> read(Supplier<byte @Nullable []> file) {
		try {
			return Optional.ofNullable(file.get()).map((bytes) -> new String(bytes, StandardCharsets.UTF_8));
		}
		catch (ArgoServerRefusal ex) {
			if (ex.status() == NOT_FOUND) {
				return Optional.empty();
			}
			throw ex;
		}
		catch (ArgoServerSilent ex) {
			// The server is well, and what is behind it is not: no reason to leave it
			// alone.
			throw (ex.status() == ArgoServerRefusal.STORE) ? ArgoServerRefusal.ofTheStore() : ex;
		}
	}

}
