package dev.imagefactory.onboarding.jdbc;

import java.util.Optional;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Image names with their owners in the table {@code image_owner}. */
class JdbcImageOwners implements ImageOwners {

	private static final String FIND = "SELECT provider, provider_id FROM image_owner WHERE registry = ? AND image = ?";

	private static final String INSERT = "INSERT INTO image_owner (registry, image, provider, provider_id) "
			+ "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";

	private static final String HAND_OVER = "UPDATE image_owner SET provider = ?, provider_id = ? "
			+ "WHERE provider = ? AND provider_id = ?";

	private final JdbcClient jdbc;

	JdbcImageOwners(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public Optional<RepositoryId> find(String registry, ImageName image) {
		return this.jdbc.sql(FIND)
			.params(registry, image.value())
			.query((row, number) -> new RepositoryId(Provider.of(row.getString(1)), row.getString(2)))
			.optional();
	}

	@Override
	public RepositoryId claim(String registry, ImageName image, RepositoryId repository) {
		return find(registry, image).orElseGet(() -> {
			this.jdbc.sql(INSERT)
				.params(registry, image.value(), repository.provider().wireName(), repository.value())
				.update();
			return find(registry, image).orElseThrow(() -> new IllegalStateException(
					"The owner of '%s' at '%s' was removed while it was claimed".formatted(image, registry)));
		});
	}

	@Override
	public void handOver(RepositoryId from, RepositoryId to) {
		this.jdbc.sql(HAND_OVER)
			.params(to.provider().wireName(), to.value(), from.provider().wireName(), from.value())
			.update();
	}

}
