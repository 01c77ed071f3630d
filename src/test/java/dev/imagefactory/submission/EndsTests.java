package dev.imagefactory.submission;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.pipeline.BuildId;
import org.junit.jupiter.api.Test;

import org.springframework.dao.QueryTimeoutException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EndsTests {

	private static final Instant NOW = SampleBuilds.NOW;

	private Set<BuildId> underWay = Set.of();

	private boolean silent;

	private final AtomicInteger told = new AtomicInteger();

	private final Ends ends = new Ends((Builds) Proxy.newProxyInstance(Builds.class.getClassLoader(),
			new Class<?>[] { Builds.class }, (proxy, method, args) -> {
				answer();
				return this.underWay;
			}));

	private void answer() {
		if (this.silent) {
			throw new QueryTimeoutException("The database does not answer.");
		}
	}

	private void tell() {
		answer();
		this.told.incrementAndGet();
	}

	private void look(Instant at) {
		this.ends.tell(at, this::tell);
	}

	private void lookInVain(Instant at) {
		this.silent = true;
		assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> look(at));
		this.silent = false;
	}

	@Test
	void tellWhenTheDatabaseIsSilentForgetsNoEndThatItWasTold() {
		this.ends.note();
		lookInVain(NOW);
		look(NOW.plusSeconds(1));
		assertThat(this.told).hasValue(1);
		look(NOW.plusSeconds(2));
		assertThat(this.told).as("once").hasValue(1);
	}

	@Test
	void tellWhenWhoIsToldFailsTellsAgain() {
		this.underWay = Set.of(SampleBuilds.queued().id());
		look(NOW);
		this.underWay = Set.of();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.ends.tell(NOW.plusSeconds(1), () -> {
				throw new IllegalStateException("The transaction was undone.");
			}));
		look(NOW.plusSeconds(1));
		assertThat(this.told).as("nobody compares again so soon").hasValue(1);
	}

}
