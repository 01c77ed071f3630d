package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpExchange;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.registry.layout.TestImages;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What a real registry does not do when asked to: go wrong. */
@Timeout(120)
class FaultyRegistryTests {

	private static final ImageName APP = ImageName.of("payments/app");

	private static final String V1 = "/v2/payments/app/manifests/v1";

	@TempDir
	private Path folder;

	private Path local;

	private StrictRegistry server;

	private Registry registry;

	private Digest one;

	@BeforeEach
	void start() {
		this.local = this.folder.resolve("local");
		this.server = new StrictRegistry();
		this.registry = registry(new Wire(null));
		this.one = image("one");
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	private Registry registry(Wire wire) {
		return new OciRegistry(Endpoint.of(this.server.host(), true), new DockerConfig(null), wire);
	}

	private Digest image(String text) {
		return TestImages.make(this.local, Map.of("file.txt", text), Map.of("who", "me"));
	}

	private OciManifest manifest(Digest digest) throws IOException {
		return Json.read(Files.readAllBytes(this.local.resolve("blobs/sha256").resolve(digest.hex())),
				OciManifest.class);
	}

	private void push() {
		this.registry.push(this.local, this.one, APP, List.of(ImageTag.release("v1"), ImageTag.dev()),
				TestImages.UNGUARDED);
	}

	private static ThrowableAssertAlternative<RegistryUnavailable> assertFailure(ThrowingCallable call) {
		return assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(call);
	}

	@Test
	void pushWhenNothingGoesWrongStoresWhatIsMissingAndTags() {
		push();
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", this.one), Map.entry("dev", this.one));
		assertThat(this.registry.holds(APP, this.one)).isTrue();
		assertThat(this.server.count("POST ")).isEqualTo(2);
		long stores = this.server.count("PUT ");
		this.registry.push(this.local, this.one, APP, List.of(ImageTag.release("v1"), ImageTag.dev()),
				TestImages.UNGUARDED);
		assertThat(this.server.count("POST ")).as("uploads of what is there").isEqualTo(2);
		assertThat(this.server.count("PUT ")).as("only the manifest under its own digest").isEqualTo(stores + 1);
	}

	@Test
	void pushWhenUploadAddressIsWholeUsesIt() {
		this.server.uploadsAt("http://" + this.server.host());
		push();
		assertThat(this.registry.holds(APP, this.one)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://192.0.2.1", "https://%s", "http://me@%s" })
	void pushWhenUploadAddressIsElsewhereSendsNothing(String base) {
		this.server.uploadsAt(base.replace("%s", this.server.host()));
		assertFailure(this::push).withMessageContainingAll("Cannot upload sha256:", "which is not its own address");
		assertThat(this.server.count("PUT ")).isZero();
	}

	@Test
	void pushWhenUploadAddressIsNoneSaysSo() {
		this.server.once("POST ", StrictRegistry.answering(202, "Location", "http://[/"));
		assertFailure(this::push).withMessageContaining("an address that is none");
		this.server.once("POST ", StrictRegistry.answering(202, "X-Other", "none"));
		assertFailure(this::push).withMessageContaining("the registry answered 202");
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 403, 405, 200 })
	void tagWhenRegistryAnswersAnythingElseIsRefused(int status) {
		push();
		this.server.once("PUT ", StrictRegistry.answering(status, "X-Other", "none"));
		assertThatExceptionOfType(RegistryRefused.class).isThrownBy(this::tag)
			.withMessageContaining("answered " + status);
		tag();
	}

	@ParameterizedTest
	@ValueSource(ints = { 408, 429, 500, 503, 404 })
	void tagWhenRegistryIsBusyOrSomethingElseAnswersIsNotRefused(int status) {
		push();
		this.server.once("PUT ", StrictRegistry.answering(status, "Content-Type", "text/html"));
		assertFailure(this::tag).isNotInstanceOf(RegistryRefused.class).withMessageContaining("answered " + status);
	}

	private void tag() {
		this.registry.tag(APP, this.one, List.of(ImageTag.latest()), TestImages.UNGUARDED);
	}

	@Test
	void pushWhenRegistryMakesNoRepositoriesSaysWhatToDo() {
		this.server.once("POST ", (exchange) -> StrictRegistry.error(exchange, 404, "NAME_UNKNOWN"));
		assertFailure(this::push).withMessageContainingAll("no place for payments/app", "create it there");
	}

	@Test
	void pushWhenRegistryFailsInTheMiddleOfAnUploadTagsNothingAndWorksAgain() {
		this.server.once("PUT /v2/payments/app/blobs/", (exchange) -> {
			exchange.getRequestBody().readNBytes(10);
			StrictRegistry.error(exchange, 500, "UNKNOWN");
		});
		assertFailure(this::push).withMessageContaining("Cannot upload sha256:");
		assertThat(this.server.manifests).isEmpty();
		push();
		assertThat(this.registry.holds(APP, this.one)).isTrue();
	}

	@Test
	void pushWhenConnectionIsLostAfterTheTagWasStoredIsRepeatedWithoutStoringItAgain() {
		this.server.once("PUT " + V1, (exchange) -> {
			byte[] body = exchange.getRequestBody().readAllBytes();
			this.server.manifests.put("payments/app@v1", body);
			exchange.close();
		});
		assertFailure(this::push);
		assertThat(this.server.tag("payments/app", "v1")).contains(this.one);
		push();
		assertThat(this.server.count("PUT " + V1)).isEqualTo(1);
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", this.one), Map.entry("dev", this.one));
	}

	@Test
	void pushWhenSomebodyElseTakesTheReleaseTagInBetweenMovesNoOtherTag() {
		Digest two = image("two");
		this.server.once("PUT " + V1, (exchange) -> {
			this.server.serve(exchange);
			this.server.manifests.put("payments/app@v1",
					Files.readAllBytes(this.local.resolve("blobs/sha256").resolve(two.hex())));
		});
		assertThatExceptionOfType(ReleaseTagTaken.class).isThrownBy(this::push).withMessageContaining(two.value());
		assertThat(this.server.tag("payments/app", "dev")).isEmpty();
	}

	/** As it is after a process was frozen during its upload and woke up. */
	@Test
	void pushWhenSomebodyElseTookTheReleaseTagDuringTheUploadLeavesItAlone() throws IOException {
		Digest two = image("two");
		byte[] theirs = Files.readAllBytes(this.local.resolve("blobs/sha256").resolve(two.hex()));
		this.server.once("PUT /v2/payments/app/manifests/" + this.one, (exchange) -> {
			this.server.serve(exchange);
			this.server.manifests.put("payments/app@v1", theirs);
		});
		assertThatExceptionOfType(ReleaseTagTaken.class).isThrownBy(this::push)
			.withMessageContainingAll(this.one.value(), APP + ":v1", two.value());
		assertThat(this.server.count("PUT " + V1)).isZero();
		assertThat(this.server.tag("payments/app", "v1")).contains(two);
		assertThat(this.server.tag("payments/app", "dev")).isEmpty();
	}

	@Test
	void pushWhenTheRightToPushEndsBetweenTwoTagsWritesNoMore() {
		AtomicInteger asked = new AtomicInteger();
		List<ImageTag> tags = List.of(ImageTag.latest(), ImageTag.dev(), ImageTag.release("v1"));
		assertThatIllegalStateException().isThrownBy(() -> this.registry.push(this.local, this.one, APP, tags, () -> {
			assertThat(this.server.count("PUT /v2/payments/app/manifests/")).as("the manifest and what was tagged")
				.isEqualTo(1 + asked.get());
			if (asked.incrementAndGet() == 3) {
				throw new IllegalStateException("not ours any more");
			}
		}));
		assertThat(this.registry.tags(APP)).containsOnlyKeys("v1", "latest");
	}

	@Test
	void pushWhenALayerIsAnotherThanItsNameSaysNeverSendsItWhole() throws IOException {
		Digest layer = manifest(this.one).layers().getFirst().digest();
		Path file = this.local.resolve("blobs/sha256").resolve(layer.hex());
		byte[] bytes = Files.readAllBytes(file);
		bytes[0] ^= 1;
		Files.write(file, bytes);
		assertThatExceptionOfType(InvalidImage.class).isThrownBy(this::push)
			.withMessageContainingAll("not what the image's manifest names", "its digest is sha256:");
		assertThat(this.server.blobs).as("what a registry that checks nothing has")
			.containsOnlyKeys(manifest(this.one).config().digest().value());
		assertThat(this.server.manifests).isEmpty();
	}

	@Test
	void pushWhenALayerChangesWhileItIsSentIsRefused() throws IOException {
		Digest layer = manifest(this.one).layers().getFirst().digest();
		Path file = this.local.resolve("blobs/sha256").resolve(layer.hex());
		this.server.once("HEAD /v2/payments/app/blobs/" + layer, (exchange) -> {
			Files.write(file, new byte[] { 1, 2, 3 });
			this.server.serve(exchange);
		});
		assertThatExceptionOfType(InvalidImage.class).isThrownBy(this::push)
			.withMessageContaining("bytes shorter than it should be");
	}

	@Test
	void callWhenRegistryAsksToWaitIsNotMadeBefore() {
		this.server.once("HEAD ", StrictRegistry.answering(429, "Retry-After", "60"));
		assertFailure(() -> this.registry.digest(APP, "v1")).withMessageContaining("the registry answered 429");
		assertFailure(() -> this.registry.digest(APP, "v1"))
			.withMessageMatching("Cannot read the tag v1 .* the registry asked us to wait; (60|5\\d) s are left");
		assertFailure(() -> this.registry.tags(APP)).withMessageContaining("asked us to wait");
		assertThat(this.server.requests).hasSize(1);
	}

	@Test
	void callWhenRegistryAsksToWaitUntilATimeWaitsUntilThen() {
		String then = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(4));
		this.server.once("HEAD ", StrictRegistry.answering(503, "Retry-After", then));
		assertFailure(() -> this.registry.digest(APP, "v1")).withMessageContaining("the registry answered 503");
		assertFailure(() -> this.registry.digest(APP, "v1")).withMessageContaining("asked us to wait");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::isAnswered);
	}

	private boolean isAnswered() {
		try {
			return this.registry.digest(APP, "v1").isEmpty();
		}
		catch (RegistryUnavailable ex) {
			return false;
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "999999999", "soon", "Mon, 01 Jan 2101 00:00:00 GMT" })
	void callWhenRegistryAsksToWaitForeverWaitsMinutes(String wait) {
		this.server.once("HEAD ", StrictRegistry.answering(429, "Retry-After", wait));
		assertFailure(() -> this.registry.digest(APP, "v1"));
		assertFailure(() -> this.registry.digest(APP, "v1")).withMessageMatching(".* (180|17\\d) s are left");
	}

	@Test
	void readWhenContentIsNotWhatItsNameSaysIsNotBelieved() throws IOException {
		push();
		Digest config = manifest(this.one).config().digest();
		this.server.blobs.put(config.value(), "{}".getBytes(StandardCharsets.UTF_8));
		assertFailure(() -> this.registry.labels(APP, this.one)).withMessageContaining("other content");
		assertThat(this.registry.holds(APP, this.one)).as("of another size").isFalse();
		this.server.manifests.put("payments/app@" + this.one, "{}".getBytes(StandardCharsets.UTF_8));
		assertFailure(() -> this.registry.holds(APP, this.one)).withMessageContaining("other content");
	}

	@Test
	void digestWhenTheShortAnswerIsNotClearReadsTheContent() {
		push();
		this.server.once("HEAD " + V1, StrictRegistry.answering(405, "Allow", "GET"));
		assertThat(this.registry.digest(APP, "v1")).contains(this.one);
		this.server.once("HEAD " + V1,
				StrictRegistry.answering(200, "Docker-Content-Digest", "sha512:" + "a".repeat(128)));
		assertThat(this.registry.digest(APP, "v1")).contains(this.one);
		this.server.once("HEAD " + V1, StrictRegistry.answering(200, "X-Other", ""));
		this.server.once("GET " + V1, (exchange) -> {
			exchange.getResponseHeaders().set("Docker-Content-Digest", Digest.ofBytes(new byte[1]).value());
			StrictRegistry.send(exchange, 200, new byte[2]);
		});
		assertFailure(() -> this.registry.digest(APP, "v1")).withMessageContaining("other content");
	}

	@Test
	void pushWhenRegistryStoresAnotherManifestThanOursSaysSo() {
		this.server.once("PUT " + V1,
				StrictRegistry.answering(201, "Docker-Content-Digest", Digest.ofBytes(new byte[1]).value()));
		assertFailure(this::push).withMessageContainingAll("the registry says that it stored", this.one.value());
	}

	@Test
	void readWhenSomethingElseAnswers404IsNoAbsence() {
		this.server.always(" /", StrictRegistry.telling(404, "text/html", "<h1>No such page</h1>"));
		for (ThrowingCallable call : List.<ThrowingCallable>of(() -> this.registry.digest(APP, "v1"),
				() -> this.registry.holds(APP, this.one), () -> this.registry.tags(APP), this::push)) {
			assertFailure(call).withMessageContainingAll("that is no registry's answer", "image-factory.registry.url");
		}
	}

	@Test
	void tagsWhenThereAreManyPagesReadsThemAll() {
		push();
		this.server.once("tags/list?n=1000", page("v1", "</v2/payments/app/tags/list?last=v1>; rel=\"next\""));
		this.server.once("last=v1", page("../../x\", null, \"dev",
				"<http://%s/v2/payments/app/tags/list?last=dev>; rel=next".formatted(this.server.host())));
		this.server.once("last=dev", StrictRegistry.telling(200, "application/json", "{\"tags\":null}"));
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", this.one), Map.entry("dev", this.one));
	}

	@Test
	void tagsWhenPagesLeadElsewhereOrNowhereListsNoPart() {
		this.server.once("tags/list?n=1000", page("v1", "<http://192.0.2.1/v2/>; rel=\"next\""));
		assertFailure(() -> this.registry.tags(APP)).withMessageContaining("which is not its own address");
		this.server.once("tags/list?n=1000", page("v1", "<http://[/>; rel=\"next\""));
		assertFailure(() -> this.registry.tags(APP)).withMessageContaining("an address that is none");
		this.server.always("tags/list", page("v1", "</v2/payments/app/tags/list?last=v1>; rel=\"next\""));
		assertFailure(() -> this.registry.tags(APP)).withMessageContaining("they do not end");
	}

	private static StrictRegistry.Fault page(String name, String link) {
		return (exchange) -> {
			exchange.getResponseHeaders().set("Link", link);
			StrictRegistry.telling(200, "application/json", "{\"tags\":[\"%s\"]}".formatted(name)).strike(exchange);
		};
	}

	@Test
	void readWhenRegistryNeverStopsTalkingEnds() {
		AtomicBoolean closed = new AtomicBoolean();
		this.server.always("GET " + V1.replace("v1", "sha256"), (exchange) -> talk(exchange, closed, 1 << 16));
		assertFailure(() -> this.registry.holds(APP, this.one)).withMessageContaining("longer than 8388608 bytes");
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilTrue(closed);
	}

	@Test
	void readWhenRegistryTalksSlowlyEnds() {
		AtomicBoolean closed = new AtomicBoolean();
		Registry hasty = registry(new Wire(null, Duration.ofSeconds(1)));
		this.server.always("GET ", (exchange) -> talk(exchange, closed, 1));
		assertFailure(() -> hasty.holds(APP, this.one)).withMessageContaining("no whole answer within 1 s");
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilTrue(closed);
	}

	/** Sends for ever, until the other side is gone; small pieces with a pause. */
	private static void talk(HttpExchange exchange, AtomicBoolean closed, int piece) throws IOException {
		exchange.sendResponseHeaders(200, 0);
		OutputStream out = exchange.getResponseBody();
		try {
			while (true) {
				out.write(new byte[piece]);
				out.flush();
				if (piece == 1) {
					Thread.sleep(20);
				}
			}
		}
		catch (IOException ex) {
			closed.set(true);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void callWhenRegistryIsSilentEndsInTimeOrWhenItIsInterrupted() throws InterruptedException {
		CountDownLatch over = new CountDownLatch(1);
		CountDownLatch reached = new CountDownLatch(2);
		this.server.always(" /", (exchange) -> {
			reached.countDown();
			await(over);
		});
		Registry hasty = registry(new Wire(null, Duration.ofSeconds(1)));
		assertFailure(() -> hasty.digest(APP, "v1")).withMessageContaining("no whole answer within 1 s");
		AtomicBoolean kept = new AtomicBoolean();
		Thread caller = new Thread(() -> {
			assertFailure(() -> this.registry.digest(APP, "v1")).withMessageContaining("interrupted");
			kept.set(Thread.currentThread().isInterrupted());
		});
		caller.start();
		reached.await();
		caller.interrupt();
		assertThat(caller.join(Duration.ofSeconds(10))).as("it ended").isTrue();
		assertThat(kept).as("it is still interrupted").isTrue();
		over.countDown();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void pushWhenTheLastOfManyReleaseTagsIsTakenSetsNone() {
		push();
		Digest two = image("two");
		List<ImageTag> tags = IntStream.range(0, 5).mapToObj((number) -> ImageTag.release("v1." + number)).toList();
		List<ImageTag> with = Stream.concat(tags.stream(), List.of(ImageTag.release("v1")).stream()).toList();
		assertThatExceptionOfType(ReleaseTagTaken.class)
			.isThrownBy(() -> this.registry.push(this.local, two, APP, with, TestImages.UNGUARDED));
		assertThat(this.registry.tags(APP)).containsOnlyKeys("v1", "dev");
	}

}
