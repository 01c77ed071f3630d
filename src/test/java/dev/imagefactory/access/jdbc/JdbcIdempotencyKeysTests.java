package dev.imagefactory.access.jdbc;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.imagefactory.access.IdempotencyKeys.Answer;
import dev.imagefactory.access.IdempotencyKeys.Asked;
import dev.imagefactory.access.IdempotencyKeys.Key;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcIdempotencyKeysTests {

	private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

	private static final Key KEY = new Key("admin", "k1");

	private static final String HASH = "a".repeat(64);

	private JdbcIdempotencyKeys keys;

	@BeforeEach
	void open(TestDatabase database) {
		this.keys = new JdbcIdempotencyKeys(database.jdbc());
	}

	@EachDatabase
	void takeWhenNewKeepsTheRequest() {
		assertThat(take(KEY, HASH, "R1")).isEqualTo(new Asked(HASH, "R1", null));
	}

	@EachDatabase
	void takeWhenTakenBeforeGivesTheFirstRequestAndBody() {
		take(KEY, HASH, "R1");
		assertThat(take(KEY, "b".repeat(64), "R2")).isEqualTo(new Asked(HASH, "R1", null));
	}

	@EachDatabase
	void forgetWhenTakenLongAgoMakesTheKeyNew() {
		take(KEY, HASH, "R1");
		Key young = new Key("admin", "k2");
		this.keys.take(young, HASH, "R2", NOW.plusSeconds(10));
		assertThat(this.keys.forget(NOW.plusSeconds(1), 10)).isOne();
		assertThat(this.keys.forget(NOW.plusSeconds(1), 10)).isZero();
		assertThat(take(KEY, "b".repeat(64), "R3").request()).isEqualTo("R3");
		assertThat(this.keys.take(young, HASH, "R4", NOW).request()).isEqualTo("R2");
	}

	@EachDatabase
	void takeWhenAnotherActorHasTheSameKeyIsNew() {
		take(KEY, HASH, "R1");
		assertThat(take(new Key("other", "k1"), HASH, "R2").request()).isEqualTo("R2");
	}

	@EachDatabase
	void answerWhenGivenTwiceKeepsTheFirst() {
		take(KEY, HASH, "R1");
		Answer first = new Answer("{}", "/one");
		assertThat(this.keys.answer(KEY, first)).isEqualTo(first);
		assertThat(this.keys.answer(KEY, new Answer("{\"x\":1}", "/two"))).isEqualTo(first);
		assertThat(take(KEY, HASH, "R3").answer()).isEqualTo(first);
	}

	@EachDatabase
	void takeWhenManyAtOnceGivesAllTheSame() throws Exception {
		try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
			List<Callable<String>> all = IntStream.range(0, 40)
				.mapToObj((i) -> (Callable<String>) () -> take(KEY, HASH, "R" + i).request())
				.toList();
			assertThat(executor.invokeAll(all).stream().map(Future::resultNow).distinct()).hasSize(1);
		}
	}

	private Asked take(Key key, String hash, String request) {
		return this.keys.take(key, hash, request, NOW);
	}

}
