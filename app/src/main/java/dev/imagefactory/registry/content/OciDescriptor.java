package dev.imagefactory.registry.content;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.imagefactory.image.Digest;
import org.jspecify.annotations.Nullable;

/**
 * Names content by what it is (OCI image-spec, "Content Descriptors").
 *
 * @param mediaType what it is
 * @param digest its digest
 * @param size its size in bytes
 * @param annotations facts about it; in an index, its tag
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record OciDescriptor(@Nullable String mediaType, @JsonProperty(required = true) Digest digest,
		@JsonProperty(required = true) long size, @Nullable Map<String, String> annotations) {

	private static final String REF_NAME = "org.opencontainers.image.ref.name";

	/**
	 * The tag under which an index has it.
	 * @return null when it has none
	 */
	public @Nullable String tag() {
		return (this.annotations != null) ? this.annotations.get(REF_NAME) : null;
	}

	/**
	 * The same content under a tag.
	 * @param tag the tag; null for none
	 * @return the descriptor
	 */
	public OciDescriptor withTag(@Nullable String tag) {
		Map<String, String> changed = new LinkedHashMap<>((this.annotations != null) ? this.annotations : Map.of());
		changed.remove(REF_NAME);
		if (tag != null) {
			changed.put(REF_NAME, tag);
		}
		return new OciDescriptor(this.mediaType, this.digest, this.size, changed);
	}

}
