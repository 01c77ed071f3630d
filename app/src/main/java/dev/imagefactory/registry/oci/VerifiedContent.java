package dev.imagefactory.registry.oci;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

import dev.imagefactory.image.Digest;
import dev.imagefactory.registry.content.OciDescriptor;
import dev.imagefactory.registry.content.WrongContent;

/**
 * Content on its way out, as its descriptor says. The last bytes of anything else are
 * held back, so that it never arrives whole.
 */
final class VerifiedContent extends FilterInputStream {

	private final OciDescriptor expected;

	private final MessageDigest sha256 = Digest.sha256();

	private long left;

	VerifiedContent(InputStream content, OciDescriptor expected) {
		super(content);
		this.expected = expected;
		this.left = expected.size();
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		if (this.left == 0) {
			return -1;
		}
		int read = super.read(buffer, offset, (int) Math.min(length, this.left));
		if (read < 0) {
			throw new WrongContent("it is %d bytes shorter than it should be".formatted(this.left));
		}
		this.sha256.update(buffer, offset, read);
		this.left -= read;
		if (this.left == 0) {
			requireDigest();
		}
		return read;
	}

	private void requireDigest() throws WrongContent {
		String hex = HexFormat.of().formatHex(this.sha256.digest());
		if (!hex.equals(this.expected.digest().hex())) {
			throw new WrongContent("its digest is sha256:" + hex);
		}
	}

	@Override
	public boolean markSupported() {
		return false;
	}

}
