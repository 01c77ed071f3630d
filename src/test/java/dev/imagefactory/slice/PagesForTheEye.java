package dev.imagefactory.slice;

import java.time.Instant;
import java.util.List;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.Step;

/** Serves the pages with samples until the process is ended, to look at them. */
public final class PagesForTheEye {

	private PagesForTheEye() {
	}

	public static void main(String[] arguments) {
		Instant t = Samples.START;
		Slice.setTime(t.plusSeconds(300));
		if (arguments.length == 0) {
			Memory.FakeBuilds builds = Slice.memory.builds;
			builds.add(Samples.succeeded(t.minusSeconds(200_000)));
			builds.add(Samples.in(Samples.queued(t.minusSeconds(9000)),
					new BuildState.Failed("dockerfile-missing", "There is no Dockerfile at the repository's root.")));
			Build rejected = Samples.rejected(t.minusSeconds(4000),
					new Finding("CVE-2026-1234", "openssl", "3.0.1-r0", "3.0.1-r2", Severity.CRITICAL,
							"https://avd.aquasec.com/nvd/cve-2026-1234"),
					new Finding("CVE-2026-4321", "busybox", "1.36.0", "1.36.1", Severity.HIGH, null));
			builds.add(rejected);
			builds.histories.put(rejected.id(),
					List.of(new HistoryEntry(t, StateName.QUEUED, StateName.QUEUED, null, null, "image-factory"),
							new HistoryEntry(t.plusSeconds(2), StateName.QUEUED, StateName.SUBMITTING, null, null,
									"image-factory"),
							new HistoryEntry(t.plusSeconds(4), StateName.SUBMITTING, StateName.RUNNING, null,
									"The clone step is at work.", "image-factory"),
							new HistoryEntry(t.plusSeconds(60), StateName.RUNNING, StateName.REJECTED, "findings",
									"The gate stopped the image: 2 fixable findings.", "image-factory")));
			builds.add(Samples.succeeded(t.minusSeconds(400)));
			builds.add(Samples.running(t.plusSeconds(200), Step.BUILD));
			builds.add(Samples.queued(t.plusSeconds(290)));
			builds.all.keySet().forEach((id) -> {
				Slice.memory.logs.append(id, Step.CLONE,
						"Cloning https://github.com/acme/app.git at 0123456789ab\nChecked out 42 files, 1.2 MB\n");
				Slice.memory.logs.append(id, Step.BUILD,
						"STEP 1/4: FROM alpine:3.22\nSTEP 2/4: COPY . /app\nSTEP 3/4: RUN make\ncc -O2 -o app main.c\n");
				System.out.println("/builds/" + id + " " + builds.all.get(id).state().name());
			});
		}
		System.out.println("http://127.0.0.1:" + Slice.port() + " " + Slice.session() + " " + Slice.freshCode());
	}

}
