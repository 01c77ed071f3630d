package dev.imagefactory.engine.local;

import java.util.List;
import java.util.Map;

import dev.imagefactory.engine.RepositoryTrust;
import dev.imagefactory.engine.local.LocalSettings.BuilderChoice;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LocalSettingsTests {

	@Test
	void bindWhenNothingIsSetGivesTheDefaults() {
		assertThat(bind(Map.of())).isEqualTo(new LocalSettings(false, BuilderChoice.AUTO, null, null));
	}

	@Test
	void bindWhenAllIsSetReadsIt() {
		assertThat(bind(Map.of("image-factory.local.trust-repositories", "true", "image-factory.local.builder",
				"buildah", "image-factory.local.slots", "7")))
			.isEqualTo(new LocalSettings(true, BuilderChoice.BUILDAH, null, 7));
	}

	@Test
	void slotsWhenNotSetFollowTheCores() {
		LocalSettings settings = new LocalSettings(false, BuilderChoice.AUTO, null, null);
		assertThat(settings.slots(1)).isEqualTo(2);
		assertThat(settings.slots(16)).isEqualTo(16);
		assertThat(new LocalSettings(false, BuilderChoice.AUTO, null, 1).slots(16)).isEqualTo(1);
	}

	@Test
	void createWhenSlotsAreOutOfRangeNamesTheKeyAndWhatIsAccepted() {
		for (int slots : List.of(-1, 0, 257)) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new LocalSettings(false, BuilderChoice.AUTO, null, slots))
				.withMessageContaining("image-factory.local.slots is " + slots)
				.withMessageContaining("1 to 256");
		}
	}

	@Test
	void requireTrustWhenTheRegistryIsLocalPasses() {
		for (String host : List.of("layout", "localhost", "localhost:5000", "127.0.0.1:5000", "127.1.2.3",
				"[::1]:5000")) {
			assertThatCode(() -> RepositoryTrust.require(host, false)).doesNotThrowAnyException();
		}
	}

	@Test
	void requireTrustWhenTheRegistryIsRemoteNeedsTheSetting() {
		for (String host : List.of("example.azurecr.io", "localhost.example.com", "127.0.0.1.example.com",
				"10.0.0.1:5000", "layout.example.com", "128.0.0.1")) {
			assertThatIllegalArgumentException().isThrownBy(() -> RepositoryTrust.require(host, false))
				.withMessageContaining(host)
				.withMessageContaining("image-factory.local.trust-repositories: true");
			assertThatCode(() -> RepositoryTrust.require(host, true)).doesNotThrowAnyException();
		}
	}

	private static LocalSettings bind(Map<String, String> properties) {
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("image-factory.local",
				LocalSettings.class);
	}

}
