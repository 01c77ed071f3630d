package dev.imagefactory.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.util.Base64;

/**
 * What an API server shows its clients, and what it signs tokens of accounts with.
 *
 * @param certificate a certificate for 127.0.0.1, which is its own authority
 * @param key the certificate's key
 * @param accounts the key of tokens
 */
record ServerKeys(Path certificate, Path key, Path accounts) {

	private static final String PASSWORD = "for-tests-only";

	/**
	 * Makes new ones; keytool is what every JDK has.
	 * @param folder where they go
	 * @return the keys
	 */
	static ServerKeys in(Path folder) {
		try {
			Path store = folder.resolve("server.p12");
			keytool(store);
			KeyStore keys = KeyStore.getInstance("PKCS12");
			try (InputStream in = Files.newInputStream(store)) {
				keys.load(in, PASSWORD.toCharArray());
			}
			ServerKeys made = new ServerKeys(folder.resolve("server.crt"), folder.resolve("server.key"),
					folder.resolve("accounts.key"));
			Files.writeString(made.certificate(), pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
			Key key = keys.getKey("server", PASSWORD.toCharArray());
			Files.writeString(made.key(), pem("PRIVATE KEY", key.getEncoded()));
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(2048);
			KeyPair accounts = generator.generateKeyPair();
			Files.writeString(made.accounts(), pem("PRIVATE KEY", accounts.getPrivate().getEncoded()));
			return made;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void keytool(Path store) throws IOException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=127.0.0.1",
				"-ext", "SAN=IP:127.0.0.1", "-ext", "BC=ca:true", "-validity", "30", "-storetype", "PKCS12",
				"-keystore", store.toString(), "-storepass", PASSWORD)
			.redirectErrorStream(true)
			.start();
		String said = new String(process.getInputStream().readAllBytes());
		if (process.onExit().join().exitValue() != 0) {
			throw new IllegalStateException("keytool failed: " + said);
		}
	}

	private static String pem(String type, byte[] bytes) {
		return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type,
				Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(bytes), type);
	}

}
