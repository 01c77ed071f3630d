package dev.imagefactory.git;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import org.eclipse.jgit.lib.Constants;

/**
 * The first bytes of a pack (git's pack-format, "pack-*.pack files"), enough to see what
 * a tag leads to. Servers write tags and commits before trees and files.
 */
final class PackHead {

	/** A commit or tag is hardly ever larger; one that is still shows its type. */
	private static final int WINDOW = 64 * 1024;

	private static final int HEADER = 12;

	private final byte[] bytes;

	private int position = HEADER;

	private PackHead(byte[] bytes) {
		this.bytes = bytes;
	}

	/**
	 * Whether a pack that was asked for one ref, one commit deep, has a commit.
	 * @param pack the pack
	 * @return false when it has tags and then something else
	 * @throws IOException when the pack cannot be read
	 */
	static boolean leadsToCommit(InputStream pack) throws IOException {
		return new PackHead(pack.readNBytes(WINDOW)).firstTypeBesidesTags() == Constants.OBJ_COMMIT;
	}

	private int firstTypeBesidesTags() throws IOException {
		while (this.position < this.bytes.length) {
			int first = next();
			int type = (first >> 4) & 7;
			skipSize(first);
			if (type != Constants.OBJ_TAG && type != Constants.OBJ_OFS_DELTA && type != Constants.OBJ_REF_DELTA) {
				return type;
			}
			skipBase(type);
			skipContent();
		}
		return Constants.OBJ_BAD;
	}

	private void skipSize(int first) throws IOException {
		int read = first;
		while ((read & 0x80) != 0) {
			read = next();
		}
	}

	/** A delta of one tag against another names its base before its content. */
	private void skipBase(int type) throws IOException {
		if (type == Constants.OBJ_REF_DELTA) {
			this.position += Constants.OBJECT_ID_LENGTH;
		}
		if (type == Constants.OBJ_OFS_DELTA) {
			skipSize(next());
		}
	}

	private void skipContent() throws IOException {
		Inflater inflater = new Inflater();
		try {
			int offset = Math.min(this.position, this.bytes.length);
			inflater.setInput(this.bytes, offset, this.bytes.length - offset);
			byte[] ignored = new byte[4096];
			while (!inflater.finished() && !inflater.needsInput()) {
				inflater.inflate(ignored);
			}
			this.position = inflater.finished() ? offset + Math.toIntExact(inflater.getBytesRead()) : this.bytes.length;
		}
		catch (DataFormatException ex) {
			throw new IOException("The pack is damaged", ex);
		}
		finally {
			inflater.end();
		}
	}

	private int next() throws IOException {
		if (this.position >= this.bytes.length) {
			throw new IOException("The pack ends early");
		}
		return this.bytes[this.position++] & 0xff;
	}

}
