package dev.imagefactory.pipeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.imagefactory.source.GitRef;

/**
 * The labels every image of ours carries, set after the Dockerfile's own (OCI image-spec,
 * "Pre-Defined Annotation Keys").
 */
public final class ImageLabels {

	/** The label that names the build an image came from. */
	public static final String BUILD = "dev.imagefactory.build";

	private static final String OCI = "org.opencontainers.image.";

	/** The label with the commit's time, RFC 3339. */
	public static final String CREATED = OCI + "created";

	private ImageLabels() {
	}

	/**
	 * The labels of a run's image.
	 * @param run the run
	 * @param commitTime when the commit was made; it becomes the image's time, so that
	 * building a commit again gives the same label
	 * @return the labels in a fixed order
	 */
	public static Map<String, String> of(Run run, Instant commitTime) {
		Map<String, String> labels = fixed(run);
		labels.put(CREATED, commitTime.truncatedTo(ChronoUnit.SECONDS).toString());
		return labels;
	}

	/**
	 * The labels of a run's image that are known before its commit was fetched: all but
	 * the image's time.
	 * @param run the run
	 * @return the labels in a fixed order
	 */
	public static Map<String, String> fixed(Run run) {
		OrderKey key = run.order().key();
		GitRef ref = key.ref();
		Map<String, String> labels = new LinkedHashMap<>();
		labels.put(OCI + "source", run.sourceUrl().toString());
		labels.put(OCI + "revision", key.commit().value());
		labels.put(OCI + "version", run.tags().getFirst().name());
		labels.put(OCI + "url", run.buildUrl().toString());
		labels.put(OCI + "title", key.image().value());
		if (ref != null) {
			labels.put(OCI + "ref.name", ref.shortName());
		}
		labels.put(BUILD, run.build().value());
		return labels;
	}

}
