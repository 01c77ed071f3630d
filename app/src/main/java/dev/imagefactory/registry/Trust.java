package dev.imagefactory.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

/** Trusts certificates of the settings besides those that Java trusts. */
public final class Trust {

	private Trust() {
	}

	/**
	 * Makes the context of TLS connections.
	 * @param setting the setting that names the file
	 * @param file certificates in PEM
	 * @return the context
	 * @throws IllegalArgumentException when the file holds no certificates
	 */
	public static SSLContext including(String setting, Path file) {
		try (InputStream pem = Files.newInputStream(file)) {
			Collection<? extends Certificate> added = CertificateFactory.getInstance("X.509").generateCertificates(pem);
			if (added.isEmpty()) {
				throw new IllegalArgumentException("%s: '%s' holds no certificate in PEM".formatted(setting, file));
			}
			KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
			store.load(null, null);
			int number = 0;
			for (Certificate certificate : added) {
				store.setCertificateEntry("added-" + number++, certificate);
			}
			for (X509Certificate certificate : known()) {
				store.setCertificateEntry("known-" + number++, certificate);
			}
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, managers(store), null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalArgumentException(
					"%s: '%s' cannot be read as certificates in PEM: %s".formatted(setting, file, ex.getMessage()), ex);
		}
	}

	private static X509Certificate[] known() throws GeneralSecurityException {
		for (TrustManager manager : managers(null)) {
			if (manager instanceof X509TrustManager trusting) {
				return trusting.getAcceptedIssuers();
			}
		}
		return new X509Certificate[0];
	}

	private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(store);
		return factory.getTrustManagers();
	}

}
