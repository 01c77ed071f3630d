package dev.imagefactory.registry;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Tells this host's own addresses from all others. */
public final class LocalHost {

	private LocalHost() {
	}

	/**
	 * Whether a name or address is loopback or one of this host's own.
	 * @param host a name or an address, without a port
	 * @return false when any address of it is elsewhere, or it has none
	 */
	public static boolean isThisHost(String host) {
		try {
			InetAddress[] addresses = InetAddress.getAllByName(host);
			return addresses.length > 0 && Arrays.stream(addresses).allMatch(LocalHost::isOwn);
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	private static boolean isOwn(InetAddress address) {
		try {
			return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
		}
		catch (SocketException ex) {
			return false;
		}
	}

}
