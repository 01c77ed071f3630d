package dev.imagefactory.registry.oci;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.OciDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way to a registry. That it is not what it should be comes to light while
 * it is read, in a thread of the HTTP client, and is told apart here from what the
 * registry did.
 */
final class LocalContent {

	private final Path file;

	private final OciDescriptor content;

	private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

	LocalContent(Path file, OciDescriptor content) {
		this.file = file;
		this.content = content;
	}

	/** The bytes, read anew each time they are sent. */
	BodyPublisher publisher() {
		return (this.content.size() == 0) ? BodyPublishers.noBody()
				: BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::open), this.content.size());
	}

	private InputStream open() {
		try {
			return new Watched(new VerifiedContent(new FileInputStream(this.file.toFile()), this.content));
		}
		catch (IOException ex) {
			this.failure.set(ex);
			return InputStream.nullInputStream();
		}
	}

	/**
	 * Makes the call that sends it.
	 * @param attempt what is attempted, for people
	 * @param call the call
	 * @return the answer
	 * @throws InvalidImage when the file is not what it should be
	 */
	Wire.Answer requireRight(String attempt, Supplier<Wire.Answer> call) {
		try {
			return call.get();
		}
		catch (RegistryUnavailable ex) {
			IOException wrong = this.failure.get();
			if (wrong == null) {
				throw ex;
			}
			throw new InvalidImage("Cannot %s: '%s' is not what the image's manifest names (%s); build it again"
				.formatted(attempt, this.file, wrong.getMessage()), wrong);
		}
	}

	/** Remembers why the file could not be read to its end. */
	private final class Watched extends InputStream {

		private final InputStream in;

		private Watched(InputStream in) {
			this.in = in;
		}

		@Override
		public int read() throws IOException {
			return remembering(this.in::read);
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			return remembering(() -> this.in.read(buffer, offset, length));
		}

		private int remembering(Reading reading) throws IOException {
			try {
				return reading.read();
			}
			catch (IOException ex) {
				LocalContent.this.failure.set(ex);
				throw ex;
			}
		}

		@Override
		public void close() throws IOException {
			this.in.close();
		}

	}

	/** Something that reads. */
	private interface Reading {

		int read() throws IOException;

	}

}
