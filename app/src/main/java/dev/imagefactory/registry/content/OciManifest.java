package dev.imagefactory.registry.content;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of one image (OCI image-spec, "Image Manifest").
 *
 * @param mediaType what this is; older builders leave it out
 * @param config the image's configuration
 * @param layers its layers, lowest first
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record OciManifest(@Nullable String mediaType, @JsonProperty(required = true) OciDescriptor config,
		@JsonProperty(required = true) List<OciDescriptor> layers) {

	public OciManifest {
		Objects.requireNonNull(config, "config");
		layers = List.copyOf(layers);
	}

	/** The media type of the only manifests that are stored. */
	public static final String MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";

	/** The media type of the only configurations that are stored. */
	private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

	private static final String DOCKER = "application/vnd.docker.";

	/**
	 * Reads a manifest.
	 * @param bytes its bytes
	 * @return the manifest
	 * @throws WrongContent when the bytes are no manifest of OCI type; the message says
	 * what they are
	 */
	public static OciManifest of(byte[] bytes) throws WrongContent {
		String type = Json.read(bytes, MediaType.class).mediaType();
		if (type != null && type.startsWith(DOCKER)) {
			throw new WrongContent("it is a Docker manifest (%s); build with the format oci".formatted(type));
		}
		if (type != null && !type.equals(MEDIA_TYPE)) {
			throw new WrongContent("it is of type %s; one image of type %s is expected".formatted(type, MEDIA_TYPE));
		}
		OciManifest manifest = Json.read(bytes, OciManifest.class);
		if (!CONFIG.equals(manifest.config.mediaType())) {
			throw new WrongContent("its configuration is of type %s; %s is expected (build with the format oci)"
				.formatted(manifest.config.mediaType(), CONFIG));
		}
		return manifest;
	}

	/**
	 * Everything that belongs to the image besides the manifest.
	 * @return the configuration and the layers
	 */
	public List<OciDescriptor> content() {
		return Stream.concat(Stream.of(this.config), this.layers.stream()).distinct().toList();
	}

	/**
	 * The part of any manifest that says what it is.
	 *
	 * @param mediaType null when it does not say
	 */
	@JsonIgnoreProperties(ignoreUnknown = true)
	private record MediaType(@Nullable String mediaType) {

	}

}
