package dev.imagefactory.registry.content;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What we read of an image's configuration (OCI image-spec, "Image Configuration").
 *
 * @param config how to run it; absent when nothing is set
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record OciConfig(@Nullable Execution config) {

	/**
	 * The image's labels.
	 * @return names and values
	 */
	public Map<String, String> labels() {
		Map<String, String> labels = (this.config != null) ? this.config.labels() : null;
		return (labels != null) ? Map.copyOf(labels) : Map.of();
	}

	/**
	 * How to run an image.
	 *
	 * @param labels its labels
	 */
	@JsonIgnoreProperties(ignoreUnknown = true)
	public record Execution(@JsonProperty("Labels") @Nullable Map<String, String> labels) {

	}

}
