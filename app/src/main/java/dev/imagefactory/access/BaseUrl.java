package dev.imagefactory.access;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The address under which people and programs reach this service: all links begin with
 * it.
 *
 * @param scheme {@code http} or {@code https}
 * @param host in lower case, as it stands in a Host header
 * @param port as written, -1 for the scheme's own
 */
public record BaseUrl(String scheme, String host, int port) {

	private static final String KEY = "image-factory.base-url";

	/**
	 * Reads the setting.
	 * @param text such as {@code https://images.example.com}
	 * @return the address
	 * @throws IllegalArgumentException when it is no such address; the message says what
	 * is accepted
	 */
	public static BaseUrl of(String text) {
		try {
			URI uri = new URI(text);
			String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
			boolean web = scheme.equals("http") || scheme.equals("https");
			boolean bare = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
			boolean root = uri.getRawPath() == null || uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
			if (web && bare && root && uri.getHost() != null) {
				return new BaseUrl(scheme, uri.getHost().toLowerCase(Locale.ROOT), uri.getPort());
			}
		}
		catch (URISyntaxException ex) {
			// Said below, in the words of the setting.
		}
		throw new IllegalArgumentException(
				"%s is '%s', but expected is http or https, a host and perhaps a port, nothing else: for example https://images.example.com"
					.formatted(KEY, text));
	}

	/**
	 * Whether it is reached over TLS.
	 * @return true for https
	 */
	public boolean isSecure() {
		return this.scheme.equals("https");
	}

	/**
	 * The address as browsers write it into {@code Origin} headers.
	 * @return scheme, host, and the port unless it is the scheme's own
	 */
	public String origin() {
		return this.scheme + "://" + authority();
	}

	/**
	 * The address of one path.
	 * @param path begins with a slash
	 * @return the whole address
	 */
	public String link(String path) {
		return origin() + path;
	}

	/**
	 * Host and port as browsers write them into {@code Host} headers.
	 * @return the host, and the port unless it is the scheme's own
	 */
	public String authority() {
		int standard = isSecure() ? 443 : 80;
		return (this.port == -1 || this.port == standard) ? this.host : this.host + ":" + this.port;
	}

	@Override
	public String toString() {
		return origin();
	}

}
