package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryContract;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.Trust;
import dev.imagefactory.registry.layout.TestImages;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The registry kind oci against a real registry. */
class OciRegistryTests extends RegistryContract {

	private static final String SECRET = "s3cret:with colon";

	@TempDir
	private static Path serverFolder;

	private static OciRegistryServer server;

	@BeforeAll
	static void start() {
		server = OciRegistryServer.start(serverFolder);
	}

	@AfterAll
	static void stop() {
		if (server != null) {
			server.close();
		}
	}

	@Override
	protected Registry registry() {
		return registry(server.host(), null);
	}

	@Override
	protected void lose(ImageName image, Digest content) throws IOException {
		server.lose(content.hex());
	}

	private static Registry registry(String host, Path credentials) {
		return new OciRegistry(Endpoint.of(host, true), new DockerConfig(credentials), new Wire(null));
	}

	@Test
	void hostWhenAskedIsItsAddress() {
		assertThat(this.registry.host()).isEqualTo(server.host());
	}

	@Test
	void pushWhenRepeatedStoresNothingElse() {
		Digest digest = image("one", Map.of());
		List<ImageTag> tags = List.of(ImageTag.release("v1"), ImageTag.dev());
		this.registry.push(this.local, digest, this.app, tags, TestImages.UNGUARDED);
		this.registry.push(this.local, digest, this.app, tags, TestImages.UNGUARDED);
		assertThat(server.manifests(this.app.value())).containsExactly(digest.toString());
	}

	@Test
	void pushWhenLayerIsLargeSendsAllOfIt() {
		byte[] large = new byte[20 << 20];
		new Random(1).nextBytes(large);
		String text = new String(large, StandardCharsets.ISO_8859_1);
		Digest digest = TestImages.make(this.local, Map.of("large.bin", text), Map.of());
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		assertThat(this.registry.holds(this.app, digest)).isTrue();
		TestImages.Blob empty = TestImages.blob(this.local, new byte[0]);
		TestImages.Blob config = TestImages.blob(this.local, "{}".getBytes());
		Digest hollow = TestImages.manifest(this.local,
				Map.of("schemaVersion", 2, "mediaType", TestImages.MANIFEST, "config",
						TestImages.descriptor("application/vnd.oci.image.config.v1+json", config), "layers",
						List.of(TestImages.descriptor("application/vnd.oci.image.layer.v1.tar", empty))));
		this.registry.push(this.local, hollow, this.app, List.of(ImageTag.release("v0")), TestImages.UNGUARDED);
		assertThat(this.registry.holds(this.app, hollow)).isTrue();
	}

	@Test
	void pushWhenDoneIsReadBySkopeoToTheLastByte() throws Exception {
		Assumptions.assumeTrue(hasSkopeo(), "Skipped: skopeo is not on the PATH; install the package skopeo");
		Digest digest = image("one", Map.of("org.opencontainers.image.revision", "abc"));
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1"), ImageTag.dev()),
				TestImages.UNGUARDED);
		String reference = "docker://" + server.host() + "/" + this.app;
		JsonNode shown = new ObjectMapper()
			.readTree(skopeo("inspect", "--no-tags", "--tls-verify=false", reference + ":dev"));
		assertThat(shown.path("Digest").asText()).isEqualTo(digest.value());
		assertThat(shown.at("/Labels/org.opencontainers.image.revision").asText()).isEqualTo("abc");
		Path copy = this.folder.resolve("copy");
		skopeo("copy", "--preserve-digests", "--src-tls-verify=false", reference + ":v1", "oci:" + copy + ":v1");
		ImageName copied = ImageName.of(this.app + "/copied");
		this.registry.push(copy, digest, copied, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		assertThat(this.registry.holds(copied, digest)).isTrue();
	}

	private static boolean hasSkopeo() throws InterruptedException {
		try {
			return new ProcessBuilder("skopeo", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String skopeo(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

	@Test
	void callWhenRegistryIsDownSaysWhatToCheck() {
		try (OciRegistryServer other = OciRegistryServer.start(this.folder.resolve("other"))) {
			Registry gone = registry(other.host(), null);
			Digest digest = image("one", Map.of());
			gone.push(this.local, digest, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
			other.kill();
			assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> gone.digest(this.app, "v1"))
				.withMessageStartingWith("Cannot read the tag v1 of " + this.app)
				.withMessageContaining("check that the registry is up");
			other.restart();
			assertThat(gone.digest(this.app, "v1")).contains(digest);
		}
	}

	@Test
	void callWhenCredentialsAreAskedForUsesTheDockerConfigAsItIsNow() throws IOException {
		Path passwords = Files.writeString(this.folder.resolve("htpasswd"),
				"factory:" + new BCryptPasswordEncoder(4).encode(SECRET) + "\n");
		try (OciRegistryServer guarded = OciRegistryServer.start(this.folder.resolve("guarded"),
				"auth: {htpasswd: {realm: test, path: %s}}".formatted(passwords))) {
			Path config = config(guarded.host(), "factory:wrong secret");
			Registry signedIn = registry(guarded.host(), config);
			Digest digest = image("one", Map.of());
			assertThatExceptionOfType(RegistryUnavailable.class)
				.isThrownBy(() -> signedIn.push(this.local, digest, this.app, List.of(ImageTag.dev()),
						TestImages.UNGUARDED))
				.withMessageContaining("an account that may pull and push " + this.app)
				.withMessageContaining("the registry answered 401")
				.withMessageContaining("image-factory.registry.credentials-file")
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("wrong secret"));
			assertThat(config(guarded.host(), "factory:" + SECRET)).isEqualTo(config);
			signedIn.push(this.local, digest, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
			assertThat(signedIn.tags(this.app)).containsOnly(Map.entry("dev", digest));
		}
	}

	private Path config(String host, String pair) throws IOException {
		String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
		return Files.writeString(this.folder.resolve("config.json"),
				"{\"auths\": {\"https://%s/v1/\": {\"auth\": \"%s\"}, \"other\": null}}".formatted(host, auth));
	}

	@Test
	void callWhenCertificateIsNotKnownIsMadeOnlyWithTheCaFile() {
		TestCertificate certificate = TestCertificate.in(this.folder, "ip:127.0.0.1");
		try (OciRegistryServer secure = OciRegistryServer.start(this.folder.resolve("secure"),
				"http: {addr: '127.0.0.1:%%d', tls: {certificate: %s, key: %s}}".formatted(certificate.certificate(),
						certificate.key()))) {
			Endpoint endpoint = Endpoint.of(secure.host(), false);
			DockerConfig nobody = new DockerConfig(null);
			Registry known = new OciRegistry(endpoint, nobody,
					new Wire(Trust.including("image-factory.registry.ca-file", certificate.certificate())));
			Digest digest = image("one", Map.of());
			known.push(this.local, digest, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
			assertThat(known.tags(this.app)).containsOnly(Map.entry("dev", digest));
			assertThatExceptionOfType(RegistryUnavailable.class)
				.isThrownBy(() -> new OciRegistry(endpoint, nobody, new Wire(null)).digest(this.app, "dev"))
				.withMessageContaining("certification path");
		}
	}

	@Test
	void callWhenCertificateIsForAnotherHostIsNotMade() {
		TestCertificate certificate = TestCertificate.in(this.folder, "dns:registry.example.com");
		try (OciRegistryServer secure = OciRegistryServer.start(this.folder.resolve("secure"),
				"http: {addr: '127.0.0.1:%%d', tls: {certificate: %s, key: %s}}".formatted(certificate.certificate(),
						certificate.key()))) {
			Registry other = new OciRegistry(Endpoint.of(secure.host(), false), new DockerConfig(null),
					new Wire(Trust.including("image-factory.registry.ca-file", certificate.certificate())));
			assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> other.digest(this.app, "dev"))
				.withMessageContaining("No subject alternative names matching");
		}
	}

}
