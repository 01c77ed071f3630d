package dev.imagefactory.engine.argo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What came with an answer, as it came: a page of 500 Workflows is many megabytes, which
 * compressed are few, and is never there in one piece.
 */
final class ApiBody {

	/** No page is nearly as large. */
	private static final long MOST_BYTES = 256L * 1024 * 1024;

	private final List<byte[]> pieces = new ArrayList<>();

	private long size;

	/**
	 * Takes what came next.
	 * @param buffers some bytes
	 * @throws IOException when it is too much
	 */
	synchronized void add(List<ByteBuffer> buffers) throws IOException {
		for (ByteBuffer buffer : buffers) {
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			this.pieces.add(bytes);
			this.size += bytes.length;
		}
		if (this.size > MOST_BYTES) {
			throw new IOException("the answer has more than " + MOST_BYTES + " bytes");
		}
	}

	/**
	 * Opens it.
	 * @param encoding how it is packed, as the answer says; empty for not at all
	 * @return its content
	 * @throws IOException when it is not packed so
	 */
	synchronized InputStream open(String encoding) throws IOException {
		InputStream raw = new SequenceInputStream(
				Collections.enumeration(this.pieces.stream().map(ByteArrayInputStream::new).toList()));
		return encoding.equals("gzip") ? new GZIPInputStream(raw) : raw;
	}

}
