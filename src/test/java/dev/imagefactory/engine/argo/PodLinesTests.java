package dev.imagefactory.engine.argo;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.engine.argo.PodLines.Line;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Bytes of a kubelet become lines. */
class PodLinesTests {

	private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123456789Z");

	private final PodLines lines = new PodLines();

	private final List<Line> taken = new ArrayList<>();

	private void take(String text) {
		this.lines.take(text.getBytes(StandardCharsets.UTF_8), this.taken::add);
	}

	@Test
	void takeWhenALineComesInPiecesGivesItOnce() {
		for (String piece : "2026-03-01T12:00:00.123456789Z a b\n2026-03-01T14:00:00.123456789+02:00 \n".split("")) {
			take(piece);
		}
		assertThat(this.taken).containsExactly(new Line(AT, "a b"), new Line(AT, ""));
		assertThat(this.lines.rest().isNothing()).isTrue();
	}

	@Test
	void takeWhenTheKubeletItselfSpeaksGivesNoTime() {
		take("unable to retrieve container logs for containerd://abc\n\n2026-03-01 no time\n");
		assertThat(this.taken).containsExactly(new Line(null, "unable to retrieve container logs for containerd://abc"),
				new Line(null, ""), new Line(null, "2026-03-01 no time"));
	}

	@Test
	void restWhenALineHasNoEndYetIsItsBeginning() {
		take("2026-03-01T12:00:00.123456789Z half");
		assertThat(this.taken).isEmpty();
		assertThat(this.lines.rest()).isEqualTo(new Line(AT, "half"));
		take(" and half\n");
		assertThat(this.taken).containsExactly(new Line(AT, "half and half"));
	}

	@Test
	void takeWhenALineHasNoEndAtAllKeepsLittleOfIt() {
		String piece = "x".repeat(100_000);
		take("2026-03-01T12:00:00.123456789Z ");
		for (int i = 0; i < 100; i++) {
			take(piece);
		}
		assertThat(this.lines.rest().text()).hasSizeLessThan(17_000).endsWith("xxx...");
		take("\n2026-03-01T12:00:00.123456789Z next\n");
		assertThat(this.taken.getLast()).isEqualTo(new Line(AT, "next"));
	}

}
