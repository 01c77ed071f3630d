package dev.imagefactory.publication;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryRefused;
import dev.imagefactory.registry.RegistryUnavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
@ResourceLock(Resources.SYSTEM_OUT)
class ToldSilenceTests {

	private static final String LINE = "The registry registry.example.com does not answer";

	private static final Builds NOTHING_SCANNED = (Builds) Proxy.newProxyInstance(Builds.class.getClassLoader(),
			new Class<?>[] { Builds.class }, (proxy, method, arguments) -> List.of());

	private static final Tags NO_TAGS = (Tags) Proxy.newProxyInstance(Tags.class.getClassLoader(),
			new Class<?>[] { Tags.class }, (proxy, method, arguments) -> {
				throw new UnsupportedOperationException();
			});

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private RegistryUnavailable answer = new RegistryUnavailable("Connection refused");

	private final Registry registry = (Registry) Proxy.newProxyInstance(Registry.class.getClassLoader(),
			new Class<?>[] { Registry.class }, (proxy, method, arguments) -> {
				if (method.getName().equals("host")) {
					return "registry.example.com";
				}
				throw this.answer;
			});

	@Test
	void lookWhenTheRegistryIsSilentTellsTheLogOnce(CapturedOutput output) {
		Publication publication = new PublicationConfiguration().publication(this.registry, NOTHING_SCANNED, NO_TAGS);
		Build build = SampleBuilds.queued();
		for (int i = 0; i < 20; i++) {
			assertThat(publication.look(build, ImageTag.release("v1.0.0"))).isInstanceOf(TagLook.Silent.class);
		}
		assertThat(lines(output)).isOne();
		assertThat(output).contains("Connection refused");
	}

	@Test
	void tagsWhenTheSilenceLastsIsToldOnceAMinute(CapturedOutput output) {
		Registry told = new ToldSilence(this.registry, this.nanos::get);
		for (int second = 0; second < 150; second++) {
			assertThatExceptionOfType(RegistryUnavailable.class)
				.isThrownBy(() -> told.tags(ImageName.of("payments/app")));
			this.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
		}
		assertThat(lines(output)).isEqualTo(3);
	}

	private long lines(CapturedOutput output) {
		return output.getOut().lines().filter((line) -> line.contains(LINE)).count();
	}

	@Test
	void tagsWhenTheRegistryRefusesIsNoSilence(CapturedOutput output) {
		this.answer = new RegistryRefused("No such account");
		assertThatExceptionOfType(RegistryRefused.class)
			.isThrownBy(() -> new ToldSilence(this.registry, this.nanos::get).tags(ImageName.of("payments/app")));
		assertThat(output).doesNotContain(LINE);
	}

}
