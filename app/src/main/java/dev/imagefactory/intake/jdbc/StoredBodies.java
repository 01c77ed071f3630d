package dev.imagefactory.intake.jdbc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import dev.imagefactory.source.DeliveryId;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The bodies of deliveries, compressed and in parts. */
final class StoredBodies {

	/** H2 keeps binary columns up to 1,048,576 bytes. */
	static final int PART = 1_000_000;

	private final JdbcClient jdbc;

	StoredBodies(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Stores a body.
	 * @param id a delivery that has none
	 * @param body the raw body
	 */
	void add(DeliveryId id, byte[] body) {
		byte[] compressed = compress(body);
		for (int part = 0, from = 0; from < compressed.length; part++, from += PART) {
			this.jdbc.sql("INSERT INTO delivery_body (delivery_id, part, bytes) VALUES (:id, :part, :bytes)")
				.param("id", id.value())
				.param("part", part)
				.param("bytes", Arrays.copyOfRange(compressed, from, Math.min(from + PART, compressed.length)))
				.update();
		}
	}

	/**
	 * Reads a body.
	 * @param id the delivery
	 * @return empty when it was not kept
	 */
	Optional<byte[]> find(DeliveryId id) {
		List<byte[]> parts = this.jdbc.sql("SELECT bytes FROM delivery_body WHERE delivery_id = :id ORDER BY part")
			.param("id", id.value())
			.query((row, number) -> row.getBytes("bytes"))
			.list();
		return parts.isEmpty() ? Optional.empty() : Optional.of(expand(parts));
	}

	/**
	 * Deletes a body.
	 * @param id the delivery
	 */
	void delete(DeliveryId id) {
		this.jdbc.sql("DELETE FROM delivery_body WHERE delivery_id = :id").param("id", id.value()).update();
	}

	private static byte[] compress(byte[] body) {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4 + 64);
		try (GZIPOutputStream gzip = new FastGzip(compressed)) {
			gzip.write(body);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return compressed.toByteArray();
	}

	private static byte[] expand(List<byte[]> parts) {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		parts.forEach(compressed::writeBytes);
		try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(compressed.toByteArray()))) {
			return gzip.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("A stored delivery body cannot be expanded", ex);
		}
	}

	/** Every delivery waits for its compression, and JSON shrinks well at any level. */
	private static final class FastGzip extends GZIPOutputStream {

		private FastGzip(ByteArrayOutputStream out) throws IOException {
			super(out);
			this.def.setLevel(Deflater.BEST_SPEED);
		}

	}

}
