package dev.imagefactory.onboarding.jdbc;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.RepositoryId;
import org.junit.jupiter.api.BeforeEach;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcImageOwnersTests {

	private static final ImageName APP = ImageName.of("payments/app");

	private TestDatabase database;

	private JdbcImageOwners owners;

	@BeforeEach
	void open(TestDatabase database) {
		this.database = database;
		this.owners = new JdbcImageOwners(database.jdbc());
	}

	@EachDatabase
	void claimWhenFreeOrOwnGivesTheClaimant() {
		assertThat(this.owners.claim("layout", APP, RepositoryId.github(1))).isEqualTo(RepositoryId.github(1));
		assertThat(this.owners.claim("layout", APP, RepositoryId.github(1))).isEqualTo(RepositoryId.github(1));
		assertThat(this.database.count("image_owner")).isOne();
	}

	@EachDatabase
	void claimWhenTakenGivesTheFirst() {
		this.owners.claim("layout", APP, RepositoryId.github(1));
		assertThat(this.owners.claim("layout", APP, RepositoryId.github(2))).isEqualTo(RepositoryId.github(1));
		assertThat(this.owners.claim("other", APP, RepositoryId.github(2))).isEqualTo(RepositoryId.github(2));
	}

	@EachDatabase
	void claimWhenManyAtOnceGivesAllTheSameOwner() throws Exception {
		Set<RepositoryId> seen = ConcurrentHashMap.newKeySet();
		try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
			List<Callable<Boolean>> claims = IntStream.rangeClosed(1, 64)
				.<Callable<Boolean>>mapToObj(
						(id) -> () -> seen.add(this.owners.claim("layout", APP, RepositoryId.github(id))))
				.toList();
			for (Future<Boolean> claim : threads.invokeAll(claims)) {
				claim.get();
			}
		}
		assertThat(seen).hasSize(1);
		assertThat(this.database.count("image_owner")).isOne();
	}

}
