package dev.imagefactory.onboarding.jdbc;

import java.time.Instant;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class JdbcInstallationTests {

	private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

	@EachDatabase
	void idWhenStartedAgainIsThatOfTheFirstStart(TestDatabase database) {
		JdbcInstallation first = new JdbcInstallation(database.jdbc());
		first.makeIfAbsent(START);
		JdbcInstallation second = new JdbcInstallation(database.jdbc());
		second.makeIfAbsent(START.plusSeconds(60));
		assertThat(second.id()).isEqualTo(first.id()).matches("[0-9A-Z]{26}");
		assertThat(database.count("installation")).isOne();
	}

	@EachDatabase
	void idWhenTwoReplicasMadeOneIsTheOlderForBoth(TestDatabase database) {
		JdbcInstallation installation = new JdbcInstallation(database.jdbc());
		installation.makeIfAbsent(START);
		String mine = installation.id();
		database.jdbc()
			.sql("INSERT INTO installation (id, created_at) SELECT '01OLDER', created_at - INTERVAL '1' SECOND FROM installation")
			.update();
		assertThat(installation.id()).isEqualTo("01OLDER").isNotEqualTo(mine);
	}

	@EachDatabase
	void idWhenTheRowIsGoneSaysSo(TestDatabase database) {
		assertThatIllegalStateException().isThrownBy(() -> new JdbcInstallation(database.jdbc()).id())
			.withMessageContaining("restart the service");
	}

}
