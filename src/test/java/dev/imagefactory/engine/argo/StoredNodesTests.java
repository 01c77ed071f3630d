package dev.imagefactory.engine.argo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;

import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Where a controller may keep the nodes of a Workflow. */
class StoredNodesTests {

	private static final String NODES = """
			{"a": {"id": "a", "name": "b.clone", "displayName": "clone", "type": "Pod", "phase": "Running", "new": 1}}""";

	@Test
	void ofWhenThereIsNoStatusHasNoNodes() {
		assertThat(StoredNodes.of(null)).isInstanceOfSatisfying(StoredNodes.Readable.class,
				(nodes) -> assertThat(nodes.byId()).isEmpty());
	}

	@Test
	void ofWhenCompressedWithGzipUnpacksThem() throws IOException {
		assertThat(compressed(gzip(NODES.getBytes(StandardCharsets.UTF_8)))).isInstanceOfSatisfying(
				StoredNodes.Readable.class,
				(nodes) -> assertThat(nodes.byId().get("a").getPhase()).isEqualTo("Running"));
	}

	@Test
	void ofWhenCompressedWithZstdNamesIt() {
		byte[] zstd = { 0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x04, 0x00 };
		assertThat(hidden(compressed(zstd))).contains("compressed with zstd", "WORKFLOW_COMPRESSION_ALGORITHM=gzip");
	}

	@Test
	void ofWhenCompressedOtherwiseTakesItForBrotli() {
		assertThat(hidden(compressed(new byte[] { 0x0b, 0x02, (byte) 0x80, 0x41, 0x03 })))
			.contains("compressed with brotli");
	}

	@Test
	void ofWhenTheTextIsNotBase64SaysThatItCannotBeUnpacked() {
		IoArgoprojWorkflowV1alpha1WorkflowStatus status = new IoArgoprojWorkflowV1alpha1WorkflowStatus()
			.compressedNodes("%%%");
		assertThat(hidden(StoredNodes.of(status))).contains("cannot be unpacked");
	}

	@Test
	void ofWhenTheContentIsNoNodesSaysThatItCannotBeUnpacked() throws IOException {
		assertThat(hidden(compressed(gzip("[1]".getBytes(StandardCharsets.UTF_8))))).contains("cannot be unpacked");
		assertThat(hidden(compressed(gzip("{\"a\": null}".getBytes(StandardCharsets.UTF_8)))))
			.contains("cannot be unpacked");
		assertThat(hidden(compressed(gzip("null".getBytes(StandardCharsets.UTF_8))))).contains("cannot be unpacked");
	}

	@Test
	void ofWhenTheContentIsCutOffSaysThatItCannotBeUnpacked() throws IOException {
		byte[] whole = gzip(NODES.getBytes(StandardCharsets.UTF_8));
		assertThat(hidden(compressed(Arrays.copyOf(whole, whole.length - 12)))).contains("cannot be unpacked");
	}

	@Test
	void ofWhenTheContentIsHugeDoesNotUnpackIt() throws IOException {
		byte[] bomb = gzip(new byte[StoredNodes.MOST_BYTES + 1]);
		assertThat(bomb).hasSizeLessThan(StoredNodes.MOST_BYTES / 100);
		assertThat(hidden(compressed(bomb))).contains("more than " + StoredNodes.MOST_BYTES + " bytes");
	}

	@Test
	void ofWhenOffloadedSaysThatTheyCannotBeReadHere() {
		IoArgoprojWorkflowV1alpha1WorkflowStatus status = new IoArgoprojWorkflowV1alpha1WorkflowStatus()
			.phase("Succeeded")
			.offloadNodeStatusVersion("fnv:123");
		assertThat(StoredNodes.of(status)).isInstanceOfSatisfying(StoredNodes.Hidden.class,
				(hidden) -> assertThat(hidden.reason()).isEqualTo("nodes-offloaded"));
	}

	private static StoredNodes compressed(byte[] bytes) {
		return StoredNodes.of(new IoArgoprojWorkflowV1alpha1WorkflowStatus()
			.compressedNodes(Base64.getEncoder().encodeToString(bytes)));
	}

	private static String hidden(StoredNodes nodes) {
		assertThat(nodes).isInstanceOf(StoredNodes.Hidden.class);
		return ((StoredNodes.Hidden) nodes).detail();
	}

	private static byte[] gzip(byte[] content) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write(content);
		}
		return bytes.toByteArray();
	}

}
