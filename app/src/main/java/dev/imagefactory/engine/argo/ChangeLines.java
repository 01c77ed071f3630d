package dev.imagefactory.engine.argo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.pipeline.BuildId;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.http.AsyncBody;
import org.jspecify.annotations.Nullable;

/** Reads what a watch says: a change a line. */
final class ChangeLines implements AsyncBody.Consumer<List<ByteBuffer>> {

	/** Kubernetes stores no object that is nearly as large. */
	private static final int LONGEST_LINE = 16 * 1024 * 1024;

	private final Ownership ownership;

	private final Consumer<BuildId> listener;

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private volatile @Nullable String version;

	private volatile long heard;

	ChangeLines(Ownership ownership, Consumer<BuildId> listener, String version) {
		this.ownership = ownership;
		this.listener = listener;
		this.version = version;
	}

	/** Up to where it was heard; null when the API server does not know that any more. */
	@Nullable String version() {
		return this.version;
	}

	/** How many lines were heard. */
	long heard() {
		return this.heard;
	}

	@Override
	public void consume(List<ByteBuffer> buffers, AsyncBody more) throws IOException {
		for (ByteBuffer buffer : buffers) {
			while (buffer.hasRemaining()) {
				byte next = buffer.get();
				if (next == '\n') {
					read(this.line.toByteArray());
					this.line.reset();
				}
				else {
					this.line.write(next);
				}
			}
		}
		if (this.line.size() > LONGEST_LINE) {
			throw new IOException("A line of a watch is longer than " + LONGEST_LINE + " bytes");
		}
		more.consume();
	}

	private void read(byte[] json) throws IOException {
		JsonNode event = WorkflowObjects.readAs(new ByteArrayInputStream(json), JsonNode.class);
		if (event == null) {
			return;
		}
		if (event.path("type").asText().equals("ERROR")) {
			// Mostly "too old resource version": the next watch asks where to begin.
			this.version = null;
			throw new IOException("The watch ended with " + event.path("object").path("message").asText());
		}
		this.heard = this.heard + 1;
		if (event.path("object").get("metadata") instanceof ObjectNode metadata) {
			ObjectMeta meta = WorkflowObjects.as(metadata, ObjectMeta.class);
			this.version = meta.getResourceVersion();
			if (meta.getName() != null) {
				this.ownership.build(meta).ifPresent(this.listener);
			}
		}
	}

}
