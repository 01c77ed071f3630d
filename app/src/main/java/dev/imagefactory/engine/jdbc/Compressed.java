package dev.imagefactory.engine.jdbc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** Bytes as they lie in the database: compressed, each piece on its own. */
final class Compressed {

	private Compressed() {
	}

	/**
	 * Compresses.
	 * @param bytes any bytes
	 * @return what to store
	 */
	static byte[] of(byte[] bytes) {
		ByteArrayOutputStream stored = new ByteArrayOutputStream(bytes.length / 4 + 64);
		try (DeflaterOutputStream deflater = new DeflaterOutputStream(stored)) {
			deflater.write(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return stored.toByteArray();
	}

	/**
	 * Undoes the compression.
	 * @param stored what was stored
	 * @return the bytes
	 */
	static byte[] expand(byte[] stored) {
		try (InflaterInputStream inflater = new InflaterInputStream(new ByteArrayInputStream(stored))) {
			return inflater.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("A stored part of a step's log cannot be expanded", ex);
		}
	}

}
