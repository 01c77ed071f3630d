package dev.imagefactory.registry.oci;

import java.net.URI;
import java.util.Optional;

import dev.imagefactory.image.ImageName;

/**
 * Where a registry is.
 *
 * @param base scheme, host and port, such as {@code https://registry.example.com}
 */
record Endpoint(URI base) {

	/**
	 * The address of a registry.
	 * @param host {@code host[:port]}
	 * @param insecure whether it is spoken to over plain http
	 * @return the endpoint
	 */
	static Endpoint of(String host, boolean insecure) {
		return new Endpoint(URI.create((insecure ? "http://" : "https://") + host));
	}

	/** {@code host[:port]}, as it stands in references. */
	String host() {
		return this.base.getAuthority();
	}

	/** A path of an image (OCI distribution-spec, "Endpoints"). */
	URI of(ImageName image, String rest) {
		return this.base.resolve("/v2/" + image.value() + "/" + rest);
	}

	/** Whether an address is this registry's own, so that it may see our credentials. */
	boolean isOwn(URI address) {
		return this.base.getScheme().equalsIgnoreCase(address.getScheme()) && address.getRawUserInfo() == null
				&& this.base.getHost().equalsIgnoreCase(Optional.ofNullable(address.getHost()).orElse(""))
				&& port(this.base) == port(address);
	}

	private static int port(URI address) {
		int standard = "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
		return (address.getPort() >= 0) ? address.getPort() : standard;
	}

}
