package dev.imagefactory.registry.layout;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.imagefactory.image.Digest;
import dev.imagefactory.registry.content.OciDescriptor;

/**
 * The {@code index.json} of a layout: what is tagged, and what once was (OCI image-spec,
 * "Image Index").
 *
 * @param schemaVersion always 2
 * @param mediaType what this file is
 * @param manifests every tag with its manifest, and manifests without a tag
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record OciIndex(int schemaVersion, String mediaType, @JsonProperty(required = true) List<OciDescriptor> manifests) {

	private static final int SCHEMA = 2;

	private static final String MEDIA_TYPE = "application/vnd.oci.image.index.v1+json";

	OciIndex {
		manifests = List.copyOf(manifests);
	}

	/**
	 * An index of nothing.
	 * @return the index
	 */
	static OciIndex empty() {
		return of(List.of());
	}

	private static OciIndex of(List<OciDescriptor> manifests) {
		return new OciIndex(SCHEMA, MEDIA_TYPE, manifests);
	}

	/**
	 * What a tag points at.
	 * @param tag the tag
	 * @return empty when there is no such tag
	 */
	Optional<Digest> digest(String tag) {
		return this.manifests.stream()
			.filter((manifest) -> tag.equals(manifest.tag()))
			.map(OciDescriptor::digest)
			.findFirst();
	}

	/**
	 * All tags.
	 * @return tag names and digests
	 */
	Map<String, Digest> tags() {
		Map<String, Digest> tags = new LinkedHashMap<>();
		for (OciDescriptor manifest : this.manifests) {
			String tag = manifest.tag();
			if (tag != null) {
				tags.putIfAbsent(tag, manifest.digest());
			}
		}
		return tags;
	}

	/**
	 * This index after tags were moved. A manifest that has lost its last tag stays in it
	 * without one, so that tools that clean layouts keep its content.
	 * @param manifest what the tags point at then
	 * @param tags the tags; none keeps the manifest without a tag
	 * @return the index
	 */
	OciIndex pointing(OciDescriptor manifest, Collection<String> tags) {
		Map<String, OciDescriptor> tagged = new LinkedHashMap<>();
		Map<Digest, OciDescriptor> untagged = new LinkedHashMap<>();
		for (OciDescriptor present : this.manifests) {
			untagged.putIfAbsent(present.digest(), present.withTag(null));
			String tag = present.tag();
			if (tag != null) {
				tagged.putIfAbsent(tag, present);
			}
		}
		untagged.putIfAbsent(manifest.digest(), manifest.withTag(null));
		tags.forEach((tag) -> tagged.put(tag, manifest.withTag(tag)));
		tagged.values().forEach((descriptor) -> untagged.remove(descriptor.digest()));
		List<OciDescriptor> all = new ArrayList<>(tagged.values());
		all.addAll(untagged.values());
		return of(all);
	}

}
