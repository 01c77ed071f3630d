package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A certificate for this host's loopback that nobody has signed but itself, made with the
 * JDK's own tool.
 *
 * @param certificate the file with the certificate, PEM
 * @param key the file with its key, PEM
 * @param context TLS with it, for a server
 */
public record TestCertificate(Path certificate, Path key, SSLContext context) {

	private static final char[] PASSWORD = "changeit".toCharArray();

	/**
	 * Makes one.
	 * @param folder where its files go
	 * @param names its names, such as {@code ip:127.0.0.1}
	 * @return the certificate
	 */
	public static TestCertificate in(Path folder, String names) {
		Path store = folder.resolve("store.p12");
		try {
			Process tool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
					"SAN=" + names, "-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString(),
					"-storepass", new String(PASSWORD))
				.redirectErrorStream(true)
				.start();
			String output = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(tool.waitFor()).as(output).isZero();
			KeyStore keys = KeyStore.getInstance("PKCS12");
			try (InputStream in = Files.newInputStream(store)) {
				keys.load(in, PASSWORD);
			}
			return new TestCertificate(
					pem(folder.resolve("server.crt"), "CERTIFICATE", keys.getCertificate("server").getEncoded()),
					pem(folder.resolve("server.key"), "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()),
					context(keys));
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new AssertionError("Cannot make a certificate", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Cannot make a certificate", ex);
		}
	}

	private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(keys, PASSWORD);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(factory.getKeyManagers(), null, null);
		return context;
	}

	private static Path pem(Path file, String type, byte[] bytes) throws IOException {
		String text = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(bytes);
		return Files.writeString(file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
	}

}
