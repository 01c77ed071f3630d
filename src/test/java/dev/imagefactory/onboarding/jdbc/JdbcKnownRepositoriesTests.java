package dev.imagefactory.onboarding.jdbc;

import java.time.Instant;
import java.util.Optional;

import dev.imagefactory.onboarding.KnownRepositories.Identity;
import dev.imagefactory.onboarding.KnownRepositories.Known;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.junit.jupiter.api.BeforeEach;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcKnownRepositoriesTests {

	private static final RepositoryId ONE = RepositoryId.github(1);

	private static final RepositoryId TWO = RepositoryId.github(2);

	private static final RepositoryName APP = RepositoryName.of("acme/app");

	private static final RepositoryName WEB = RepositoryName.of("acme/web");

	private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123456Z");

	private TestDatabase database;

	private JdbcKnownRepositories repositories;

	@BeforeEach
	void open(TestDatabase database) {
		this.database = database;
		this.repositories = new JdbcKnownRepositories(database.jdbc());
	}

	@EachDatabase
	void identifyWhenNothingIsStoredIsUnseenAndStoresNothing() {
		assertThat(this.repositories.identify(ONE, APP)).isEqualTo(new Identity.Unseen());
		assertThat(this.repositories.find(APP)).isEmpty();
	}

	@EachDatabase
	void rememberWhenUnseenPinsTheId() {
		this.repositories.remember(ONE, APP, "main", NOON);
		Known known = new Known(ONE, APP, "main", NOON);
		assertThat(this.repositories.find(RepositoryName.of("ACME/App"))).contains(known);
		assertThat(this.repositories.identify(ONE, APP)).isEqualTo(new Identity.Same(known));
		assertThat(this.repositories.identify(TWO, RepositoryName.of("Acme/APP")))
			.isEqualTo(new Identity.Conflict(known));
	}

	@EachDatabase
	void rememberWhenAgainChangesNothingButNewFacts() {
		this.repositories.remember(ONE, APP, "main", NOON);
		this.repositories.remember(ONE, APP, "trunk", NOON.plusSeconds(9));
		assertThat(this.repositories.find(APP)).contains(new Known(ONE, APP, "trunk", NOON));
		assertThat(this.database.count("repository")).isOne();
	}

	@EachDatabase
	void rememberWhenRenamedFollowsTheId() {
		this.repositories.remember(ONE, APP, "main", NOON);
		assertThat(this.repositories.identify(ONE, WEB))
			.isEqualTo(new Identity.Same(new Known(ONE, APP, "main", NOON)));
		this.repositories.remember(ONE, WEB, "main", NOON.plusSeconds(9));
		assertThat(this.repositories.find(WEB)).contains(new Known(ONE, WEB, "main", NOON));
		assertThat(this.repositories.find(APP)).isEmpty();
		assertThat(this.repositories.identify(TWO, APP)).isEqualTo(new Identity.Unseen());
	}

	@EachDatabase
	void rememberWhenNameIsSomebodyElsesLeavesItThere() {
		this.repositories.remember(ONE, APP, "main", NOON);
		this.repositories.remember(TWO, WEB, "main", NOON);
		this.repositories.remember(TWO, APP, "evil", NOON.plusSeconds(9));
		this.repositories.remember(RepositoryId.github(3), APP, "evil", NOON.plusSeconds(9));
		assertThat(this.repositories.find(APP)).map(Known::id).contains(ONE);
		assertThat(this.repositories.find(WEB)).map(Known::id).contains(TWO);
		assertThat(this.repositories.identify(TWO, APP)).isInstanceOf(Identity.Conflict.class);
	}

	@EachDatabase
	void findWhenTwoTransactionsPinnedOneNameTakesTheOlder() {
		this.repositories.remember(ONE, APP, "main", NOON);
		this.database.jdbc()
			.sql("INSERT INTO repository SELECT provider, '2', name, name_key, 'x', "
					+ "TIMESTAMP WITH TIME ZONE '2026-01-02 00:00:00+00' FROM repository")
			.update();
		assertThat(this.repositories.find(APP)).map(Known::id).contains(ONE);
		assertThat(this.repositories.identify(TWO, APP)).isInstanceOf(Identity.Conflict.class);
		assertThat(this.repositories.identify(ONE, APP)).isInstanceOf(Identity.Same.class);
	}

	@EachDatabase
	void findWhenUnknownGivesNothing() {
		assertThat(this.repositories.find(WEB)).isEqualTo(Optional.empty());
	}

}
