package dev.imagefactory.engine.argo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a Workflow, wherever its controller keeps them (Argo Workflows,
 * "Offloading Large Workflows").
 */
sealed interface StoredNodes {

	/** The most bytes that compressed nodes may have when they are unpacked. */
	int MOST_BYTES = 32 * 1024 * 1024;

	/**
	 * They are here.
	 *
	 * @param byId the nodes by their ids; none while nothing has begun
	 */
	record Readable(Map<String, IoArgoprojWorkflowV1alpha1NodeStatus> byId) implements StoredNodes {

		public Readable {
			byId = Map.copyOf(byId);
		}

	}

	/**
	 * They are somewhere else, or in a form that is not read here.
	 *
	 * @param reason a word in kebab case that programs can rely on
	 * @param detail a sentence that says what to do
	 */
	record Hidden(String reason, String detail) implements StoredNodes {
	}

	/**
	 * Finds the nodes.
	 * @param status the Workflow's status; null before its controller has seen it
	 * @return the nodes, or why they cannot be read
	 */
	static StoredNodes of(@Nullable IoArgoprojWorkflowV1alpha1WorkflowStatus status) {
		if (status == null) {
			return new Readable(Map.of());
		}
		Map<String, IoArgoprojWorkflowV1alpha1NodeStatus> nodes = new HashMap<>(
				Objects.requireNonNullElse(status.getNodes(), Map.of()));
		nodes.values().removeIf(Objects::isNull);
		if (!nodes.isEmpty()) {
			return new Readable(nodes);
		}
		if (isSet(status.getOffloadNodeStatusVersion())) {
			return new Hidden("nodes-offloaded",
					"Argo keeps the steps of this Workflow in a database of its own, where they cannot be read from here. Set image-factory.argo.server-url, or nodeStatusOffLoad: false in the controller's settings.");
		}
		String compressed = status.getCompressedNodes();
		return isSet(compressed) ? unpack(compressed) : new Readable(Map.of());
	}

	private static boolean isSet(@Nullable String text) {
		return text != null && !text.isEmpty();
	}

	private static StoredNodes unpack(String compressed) {
		try {
			byte[] bytes = Base64.getDecoder().decode(compressed);
			String form = form(bytes);
			if (!form.equals("gzip")) {
				return new Hidden("nodes-compressed",
						"Argo keeps the steps of this Workflow compressed with %s, and only gzip can be read here. Set WORKFLOW_COMPRESSION_ALGORITHM=gzip at the workflow-controller."
							.formatted(form));
			}
			return new Readable(WorkflowJson.nodes(gunzip(bytes)));
		}
		catch (IllegalArgumentException | IOException ex) {
			return new Hidden("nodes-compressed",
					"Argo keeps the steps of this Workflow compressed, and they cannot be unpacked (%s). Look at the Workflow's status.compressedNodes and at the log of the workflow-controller."
						.formatted(ArgoText.shown(ex.getMessage())));
		}
	}

	/** By the first bytes; what Argo writes with brotli has no mark of its own. */
	private static String form(byte[] bytes) {
		if (bytes.length > 1 && bytes[0] == (byte) 0x1f && bytes[1] == (byte) 0x8b) {
			return "gzip";
		}
		boolean zstd = bytes.length > 3 && bytes[0] == (byte) 0x28 && bytes[1] == (byte) 0xb5 && bytes[2] == (byte) 0x2f
				&& bytes[3] == (byte) 0xfd;
		return zstd ? "zstd" : "brotli";
	}

	private static byte[] gunzip(byte[] bytes) throws IOException {
		try (InputStream content = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
			byte[] nodes = content.readNBytes(MOST_BYTES + 1);
			if (nodes.length > MOST_BYTES) {
				throw new IOException("they have more than %d bytes".formatted(MOST_BYTES));
			}
			return nodes;
		}
	}

}
