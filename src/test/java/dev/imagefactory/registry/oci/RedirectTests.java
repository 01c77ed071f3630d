package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.Trust;
import dev.imagefactory.registry.layout.TestImages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A registry that keeps its content elsewhere, behind TLS, as many do. */
class RedirectTests {

	private static final ImageName APP = ImageName.of("payments/app");

	@TempDir
	private Path folder;

	private Path local;

	private StrictRegistry server;

	private TokenDesk desk;

	private HttpsServer storage;

	private Registry registry;

	private Digest digest;

	/** The {@code Authorization} of each request to the storage. */
	private final List<String> shown = new CopyOnWriteArrayList<>();

	@BeforeEach
	void start() throws IOException {
		TestCertificate certificate = TestCertificate.in(this.folder, "dns:localhost");
		this.server = new StrictRegistry();
		this.desk = new TokenDesk();
		this.server.guardedBy(this.desk);
		this.storage = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.storage.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
		this.storage.createContext("/", (exchange) -> {
			this.shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
			String path = exchange.getRequestURI().getPath();
			byte[] found = this.server.blobs.get(path.substring(path.lastIndexOf('/') + 1));
			StrictRegistry.send(exchange, (found != null) ? 200 : 403, (found != null) ? found : new byte[0]);
			exchange.close();
		});
		this.storage.start();
		Path config = Files.writeString(this.folder.resolve("config.json"),
				"{\"auths\": {\"%s\": {\"username\": \"factory\", \"password\": \"s3cret\"}}}"
					.formatted(this.server.host()));
		this.registry = new OciRegistry(Endpoint.of(this.server.host(), true), new DockerConfig(config),
				new Wire(Trust.including("image-factory.registry.ca-file", certificate.certificate())));
		this.local = this.folder.resolve("local");
		this.digest = TestImages.make(this.local, Map.of("a", "1"), Map.of("who", "me"));
		this.registry.push(this.local, this.digest, APP, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
	}

	@AfterEach
	void stop() {
		this.storage.stop(0);
		this.server.close();
		this.desk.close();
	}

	private String storage(String path) {
		return "https://localhost:" + this.storage.getAddress().getPort() + path;
	}

	@Test
	void readWhenContentLiesElsewhereFetchesItThereWithoutOurToken() {
		this.server.always("GET /v2/payments/app/blobs/",
				(exchange) -> StrictRegistry.answering(307, "Location", storage(exchange.getRequestURI().getPath()))
					.strike(exchange));
		assertThat(this.registry.labels(APP, this.digest)).contains(Map.of("who", "me"));
		assertThat(this.shown).containsExactly("null");
	}

	@Test
	void readWhenContentElsewhereIsAnotherIsNotBelieved() {
		this.server.always("GET /v2/payments/app/blobs/",
				StrictRegistry.answering(307, "Location", storage("/" + "other")));
		this.server.blobs.put("other", "{}".getBytes(StandardCharsets.UTF_8));
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> this.registry.labels(APP, this.digest))
			.withMessageContaining("other content");
	}

	@Test
	void readWhenStorageRefusesBlamesTheStorage() {
		this.server.always("GET /v2/payments/app/blobs/",
				StrictRegistry.answering(307, "Location", storage("/absent")));
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> this.registry.labels(APP, this.digest))
			.withMessageContaining("localhost, to which the registry redirects, answered 403");
	}

	@Test
	void digestWhenATagIsSaidToBeElsewhereAsksNobodyElse() {
		this.server.always("/manifests/", StrictRegistry.answering(307, "Location", storage("/manifest")));
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> this.registry.digest(APP, "v1"))
			.withMessageContaining("which is not its own address");
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> this.registry.holds(APP, this.digest))
			.withMessageContaining("which is not its own address");
		assertThat(this.shown).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://192.0.2.1/x", "file:///etc/passwd", "https:///x" })
	void readWhenContentLiesWhereAnybodyCanReadAlongIsRefused(String place) {
		this.server.always("GET /v2/payments/app/blobs/", StrictRegistry.answering(307, "Location", place));
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> this.registry.labels(APP, this.digest))
			.withMessageContaining("which is not its own address");
	}

	@Test
	void readWhenRegistryRedirectsInACircleEnds() {
		this.server.always("GET ", StrictRegistry.answering(307, "Location", "?again"));
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> this.registry.holds(APP, this.digest))
			.withMessageContaining("redirects more than 3 times");
	}

	@Test
	void pushWhenRegistryRedirectsSendsNothingThere() {
		Digest other = TestImages.make(this.local, Map.of("a", "2"), Map.of());
		this.server.always("PUT ", StrictRegistry.answering(307, "Location", storage("/x")));
		assertThatExceptionOfType(RegistryUnavailable.class)
			.isThrownBy(() -> this.registry.push(this.local, other, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED))
			.withMessageContaining("the registry answered 307");
		assertThat(this.shown).isEmpty();
	}

}
