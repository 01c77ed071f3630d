package dev.imagefactory.engine.local;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Gives every entry of a layer one time, and leaves all else of it as it is, byte by byte
 * (POSIX ustar; GNU base-256 sizes). A library that reads and writes entries would spoil
 * what it does not know, such as file capabilities.
 */
final class LayerTimes {

	private static final int BLOCK = 512;

	private static final int SIZE_AT = 124;

	private static final int SIZE_LENGTH = 12;

	private static final int TIME_AT = 136;

	private static final int SUM_AT = 148;

	private static final int SUM_LENGTH = 8;

	private final byte[] time;

	/**
	 * Prepares the change.
	 * @param time the time of all entries, to the second; not before 1970
	 */
	LayerTimes(Instant time) {
		this.time = "%011o\0".formatted(Math.max(0, time.getEpochSecond())).getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Copies a layer.
	 * @param layer the layer as a tar stream; read to its end
	 * @param target receives it, changed
	 * @throws IOException when it is not a tar stream
	 */
	void copy(InputStream layer, OutputStream target) throws IOException {
		byte[] header = layer.readNBytes(BLOCK);
		while (header.length == BLOCK && !isZero(header)) {
			long size = size(header);
			System.arraycopy(this.time, 0, header, TIME_AT, this.time.length);
			writeSum(header);
			target.write(header);
			copyContent(layer, target, (size + BLOCK - 1) / BLOCK * BLOCK);
			header = layer.readNBytes(BLOCK);
		}
		if (header.length > 0 && !isZero(header)) {
			throw new EOFException("the layer ends within a header");
		}
		target.write(header);
		layer.transferTo(target);
	}

	private static void copyContent(InputStream layer, OutputStream target, long length) throws IOException {
		byte[] buffer = new byte[64 * 1024];
		long left = length;
		while (left > 0) {
			int read = layer.read(buffer, 0, (int) Math.min(buffer.length, left));
			if (read < 0) {
				throw new EOFException("the layer ends within a file");
			}
			target.write(buffer, 0, read);
			left -= read;
		}
	}

	private static long size(byte[] header) throws IOException {
		boolean binary = (header[SIZE_AT] & 0x80) != 0;
		long size = binary ? header[SIZE_AT] & 0x7f : 0;
		for (int at = SIZE_AT + (binary ? 1 : 0); at < SIZE_AT + SIZE_LENGTH; at++) {
			int value = header[at] & 0xff;
			if (binary) {
				size = size << 8 | value;
			}
			else if (value >= '0' && value <= '7') {
				size = size << 3 | value - '0';
			}
			else if (value != 0 && value != ' ') {
				throw new IOException("the layer has an entry without a size");
			}
		}
		if (size < 0 || size > Long.MAX_VALUE - BLOCK) {
			throw new IOException("the layer has an entry of an impossible size");
		}
		return size;
	}

	private static void writeSum(byte[] header) {
		int sum = 0;
		for (int at = 0; at < BLOCK; at++) {
			boolean inSum = at >= SUM_AT && at < SUM_AT + SUM_LENGTH;
			sum += inSum ? ' ' : header[at] & 0xff;
		}
		byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
		System.arraycopy(text, 0, header, SUM_AT, SUM_LENGTH);
	}

	private static boolean isZero(byte[] block) {
		for (byte one : block) {
			if (one != 0) {
				return false;
			}
		}
		return true;
	}

}
