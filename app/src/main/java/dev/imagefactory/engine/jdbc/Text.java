package dev.imagefactory.engine.jdbc;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * A piece of a log.
 *
 * @param start its offset in the log, in bytes
 * @param bytes whole lines
 */
record Text(int start, byte[] bytes) {

	/**
	 * Puts pieces together.
	 * @param pieces pieces in order, without a gap
	 * @return their bytes
	 */
	static byte[] joined(List<Text> pieces) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		pieces.forEach((piece) -> all.writeBytes(piece.bytes()));
		return all.toByteArray();
	}

}
