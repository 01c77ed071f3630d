package dev.imagefactory.engine.local;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * The configuration of an image as docker keeps it, turned into one as OCI describes it
 * (OCI image-spec, "Image Configuration"): without the names of containers that are long
 * gone, and with the image's time wherever this build wrote the present one.
 */
final class DockerConfig {

	private static final Set<String> KEPT = Set.of("architecture", "variant", "os", "os.version", "author", "config",
			"rootfs", "history");

	private static final Set<String> KEPT_SETTINGS = Set.of("User", "ExposedPorts", "Env", "Entrypoint", "Cmd",
			"Volumes", "WorkingDir", "Labels", "StopSignal");

	private final ObjectNode root;

	private final List<Boolean> ofThisBuild = new ArrayList<>();

	/**
	 * Reads a configuration.
	 * @param json as docker saved it
	 * @param begun when the build began
	 * @param created the image's time
	 * @throws IOException when it is not a configuration
	 */
	DockerConfig(JsonNode json, Instant begun, Instant created) throws IOException {
		if (!(json instanceof ObjectNode object) || !(object.at("/rootfs/diff_ids") instanceof ArrayNode)) {
			throw new IOException("the image has no configuration");
		}
		this.root = object.deepCopy().retain(KEPT);
		if (this.root.get("config") instanceof ObjectNode settings) {
			settings.retain(KEPT_SETTINGS);
			settings.properties().removeIf((setting) -> setting.getValue().isNull());
		}
		this.root.put("created", created.toString());
		for (JsonNode entry : this.root.path("history")) {
			boolean young = isSince(entry.path("created").asText(), begun);
			if (young) {
				((ObjectNode) entry).put("created", created.toString());
			}
			if (!entry.path("empty_layer").asBoolean()) {
				this.ofThisBuild.add(young);
			}
		}
	}

	private static boolean isSince(String time, Instant begun) {
		try {
			return !Instant.parse(time).isBefore(begun);
		}
		catch (DateTimeException ex) {
			return false;
		}
	}

	/**
	 * The hashes of the layers.
	 * @return in order, of the uncompressed layers
	 */
	List<String> diffIds() {
		List<String> ids = new ArrayList<>();
		this.root.at("/rootfs/diff_ids").forEach((id) -> ids.add(id.asText()));
		return ids;
	}

	/**
	 * Whether this build made a layer.
	 * @param layer its place, counted from 0
	 * @return false for one of the base image, and when the history does not tell
	 */
	boolean isOfThisBuild(int layer) {
		return this.ofThisBuild.size() == diffIds().size() && this.ofThisBuild.get(layer);
	}

	/**
	 * Notes a layer's hash, which its new times have changed.
	 * @param layer its place, counted from 0
	 * @param id the hash
	 */
	void diffId(int layer, String id) {
		((ArrayNode) this.root.at("/rootfs/diff_ids")).set(layer, TextNode.valueOf(id));
	}

	/**
	 * The configuration for a layout.
	 * @return as OCI describes it
	 */
	ObjectNode toOci() {
		return this.root;
	}

}
