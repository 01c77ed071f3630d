package dev.imagefactory.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;

/**
 * A real Kubernetes API without a node, on free ports of loopback. Whoever shows the
 * administrator's token may do everything; accounts have the rights that tests give them.
 */
public final class RealKubernetes implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/** What the administrator shows. */
	static final String ADMINISTRATOR = "for-tests-only";

	/** Nothing else happens where there is no node. */
	private static final String CONTROLLERS = "namespace-controller,serviceaccount-controller,"
			+ "serviceaccount-token-controller,root-ca-certificate-publisher-controller,"
			+ "clusterrole-aggregation-controller";

	private final ClusterPrograms programs;

	private final Path folder;

	private final ServerKeys keys;

	private final int storePort = freePort();

	private final int port = freePort();

	private final Process guard;

	private final KubernetesClient administrator;

	private Process apiServer;

	private RealKubernetes(ClusterPrograms programs) {
		this.programs = programs;
		this.folder = temporary();
		this.keys = ServerKeys.in(this.folder);
		write("tokens.csv", ADMINISTRATOR + ",administrator,1,system:masters\n");
		write("kubeconfig", kubeconfig(ADMINISTRATOR));
		this.guard = guard();
		start("etcd",
				List.of(programs.etcd().toString(), "--data-dir", inFolder("etcd"), "--listen-client-urls", store(),
						"--advertise-client-urls", store(), "--listen-peer-urls", "http://127.0.0.1:0",
						"--unsafe-no-fsync", "--logger", "zap"));
		this.administrator = patientClient();
		this.apiServer = startApiServer();
		start("controller-manager",
				List.of(programs.controllerManager().toString(), "--kubeconfig", kubeconfig().toString(),
						"--service-account-private-key-file", this.keys.accounts().toString(), "--root-ca-file",
						this.keys.certificate().toString(), "--use-service-account-credentials=true",
						"--leader-elect=false", "--secure-port=0", "--controllers", CONTROLLERS));
	}

	/**
	 * Starts one.
	 * @return the cluster
	 * @throws TestAbortedException when this machine cannot run one; it says what to do
	 */
	public static RealKubernetes start() {
		return new RealKubernetes(ClusterPrograms.found());
	}

	/** What a busy machine does late is not refused. */
	private KubernetesClient patientClient() {
		Config config = new ConfigBuilder(config(ADMINISTRATOR)).withRequestTimeout((int) PATIENCE.toMillis()).build();
		return new KubernetesClientBuilder().withConfig(config).build();
	}

	private Process startApiServer() {
		Process process = start("apiserver", List.of(this.programs.apiServer().toString(), "--etcd-servers", store(),
				"--bind-address", "127.0.0.1", "--advertise-address", "192.0.2.1", "--endpoint-reconciler-type", "none",
				"--secure-port", Integer.toString(this.port), "--tls-cert-file", this.keys.certificate().toString(),
				"--tls-private-key-file", this.keys.key().toString(), "--token-auth-file", inFolder("tokens.csv"),
				"--authorization-mode", "RBAC", "--service-account-issuer", "https://kubernetes.default.svc",
				"--service-account-signing-key-file", this.keys.accounts().toString(), "--service-account-key-file",
				this.keys.accounts().toString(), "--service-cluster-ip-range", "10.96.0.0/16"));
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
			if (!process.isAlive()) {
				throw new IllegalStateException("The API server ended: " + Files.readString(log("apiserver")));
			}
			return isReady();
		});
		return process;
	}

	private boolean isReady() {
		try {
			return "ok".equals(this.administrator.raw("/readyz"));
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	/**
	 * Where the API is.
	 * @return its address, the same after every restart
	 */
	public String address() {
		return "https://127.0.0.1:" + this.port;
	}

	/**
	 * The administrator's client.
	 * @return a client that may do everything
	 */
	public KubernetesClient administrator() {
		return this.administrator;
	}

	/**
	 * What the API shows its clients.
	 * @return a certificate that is its own authority
	 */
	Path certificate() {
		return this.keys.certificate();
	}

	/**
	 * The administrator's access as kubectl and services read it.
	 * @return a kubeconfig file
	 */
	public Path kubeconfig() {
		return this.folder.resolve("kubeconfig");
	}

	/**
	 * A client of somebody else.
	 * @param token what he shows
	 * @return the client; the caller closes it
	 */
	public KubernetesClient client(String token) {
		return new KubernetesClientBuilder().withConfig(config(token)).build();
	}

	/**
	 * How somebody reaches the API.
	 * @param token what he shows
	 * @return the connection's settings
	 */
	public Config config(String token) {
		return new ConfigBuilder(Config.empty()).withMasterUrl(address())
			.withCaCertFile(this.keys.certificate().toString())
			.withOauthToken(token)
			.withRequestRetryBackoffLimit(0)
			.build();
	}

	/** Ends the API server at once, as a crash does; what it stored stays. */
	public void kill() {
		this.apiServer.destroyForcibly().onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
	}

	/** Starts the API server that was ended, at the same address. */
	public void restart() {
		this.apiServer = startApiServer();
	}

	private String kubeconfig(String token) {
		return kubeconfig(address(), "certificate-authority: \"%s\"".formatted(this.keys.certificate()), token);
	}

	/**
	 * The administrator's access over something that stands before the API.
	 * @param address its address, without TLS
	 * @return the content of a kubeconfig file
	 */
	public static String accessOver(String address) {
		return kubeconfig(address, "insecure-skip-tls-verify: false", ADMINISTRATOR);
	}

	private static String kubeconfig(String address, String trust, String token) {
		return """
				apiVersion: v1
				kind: Config
				clusters: [{name: test, cluster: {server: "%s", %s}}]
				users: [{name: user, user: {token: "%s"}}]
				contexts: [{name: test, context: {cluster: test, user: user}}]
				current-context: test
				""".formatted(address, trust, token);
	}

	private String store() {
		return "http://127.0.0.1:" + this.storePort;
	}

	private String inFolder(String name) {
		return this.folder.resolve(name).toString();
	}

	private Path log(String name) {
		return this.folder.resolve(name + ".log");
	}

	private Process start(String name, List<String> command) {
		try {
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
			// They do not live long enough for collecting garbage to be worth it.
			builder.environment().put("GOGC", "400");
			Process process = builder.start();
			write(name + ".pid", process.pid() + "\n");
			return process;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ends the programs and removes their files when this process is gone, however it
	 * ended: then the pipe to it closes.
	 */
	private Process guard() {
		try {
			return new ProcessBuilder("sh", "-c", "cat >/dev/null; kill -KILL $(cat \"$1\"/*.pid); rm -rf \"$1\"", "sh",
					this.folder.toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void write(String name, String text) {
		try {
			Files.writeString(this.folder.resolve(name), text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path temporary() {
		try {
			return Files.createTempDirectory("image-factory-kubernetes-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.administrator.close();
		try {
			this.guard.getOutputStream().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.guard.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
	}

}
