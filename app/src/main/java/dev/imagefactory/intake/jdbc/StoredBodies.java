package dev.imagefactory.intake.jdbc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import dev.imagefactory.source.DeliveryId;

import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The bodies of deliveries, compressed and in parts. */
final class StoredBodies {

	/** H2 keeps binary columns up to 1,048,576 bytes. */
	static final int PART = 1_000_000;

	private final JdbcClient jdbc;

	private final NamedParameterJdbcOperations batches;

	StoredBodies(JdbcClient jdbc, NamedParameterJdbcOperations batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	/**
	 * Stores bodies.
	 * @param bodies the raw bodies of deliveries that have none
	 */
	void add(Map<DeliveryId, byte[]> bodies) {
		List<SqlParameterSource> parts = new ArrayList<>();
		bodies.forEach((id, body) -> parts.addAll(parts(id, compress(body))));
		if (!parts.isEmpty()) {
			this.batches.batchUpdate("INSERT INTO delivery_body (delivery_id, part, bytes) VALUES (:id, :part, :bytes)",
					parts.toArray(SqlParameterSource[]::new));
		}
	}

	private static List<SqlParameterSource> parts(DeliveryId id, byte[] compressed) {
		List<SqlParameterSource> parts = new ArrayList<>();
		for (int part = 0, from = 0; from < compressed.length; part++, from += PART) {
			parts.add(new MapSqlParameterSource("id", id.value()).addValue("part", part)
				.addValue("bytes", Arrays.copyOfRange(compressed, from, Math.min(from + PART, compressed.length))));
		}
		return parts;
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
