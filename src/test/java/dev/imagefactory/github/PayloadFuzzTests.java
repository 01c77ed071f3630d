package dev.imagefactory.github;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever happens to a payload on its way: an event or one of two refusals. */
class PayloadFuzzTests {

	private static final AtomicInteger read = new AtomicInteger();

	private static final AtomicInteger malformed = new AtomicInteger();

	private static final AtomicInteger misshapen = new AtomicInteger();

	private static final List<String> SNIPPETS = List.of("", "\"", "{", "}", "[", "]", ",", ":", "null", "0", "-", "1e",
			"true", "\\", "\\u00", "\u0000", "\ud83d\uded2", "\"id\":1,", "\"repository\":null,", "\"tag_name\":{},",
			"[[[[[[", "NaN", "\"action\":[],", "9999999999999999999999", "\"after\":\"\",", "draft", "release", "ref");

	@Property(tries = 3000)
	void parseWhenMutatedNeverFailsOtherwise(@ForAll("mutants") byte[] body, @ForAll("events") String event) {
		try {
			Payload payload = Payload.parse(body);
			payload.claimedName();
			payload.claimedRepository();
			assertThat(payload.as(event)).isNotNull();
			read.incrementAndGet();
		}
		catch (MalformedJson ex) {
			malformed.incrementAndGet();
		}
		catch (WrongShape ex) {
			misshapen.incrementAndGet();
		}
	}

	@AfterContainer
	static void everyOutcomeWasSeen() {
		assertThat(read).hasPositiveValue();
		assertThat(malformed).hasPositiveValue();
		assertThat(misshapen).hasPositiveValue();
	}

	@Provide
	Arbitrary<String> events() {
		return Arbitraries.of("release", "push", "ping", "star");
	}

	@Provide
	Arbitrary<byte[]> mutants() {
		Arbitrary<byte[]> payload = Arbitraries.of("release", "push").map(PayloadFuzzTests::payload);
		return Combinators.combine(payload, mutation().list().ofMinSize(1).ofMaxSize(3)).as((bytes, mutations) -> {
			byte[] mutant = bytes;
			for (Mutation mutation : mutations) {
				mutant = mutation.apply(mutant);
			}
			return mutant;
		});
	}

	private static Arbitrary<Mutation> mutation() {
		Arbitrary<Double> place = Arbitraries.doubles().between(0, 1);
		Arbitrary<Integer> length = Arbitraries.of(0, 0, 1, 2, 7, 40, 1000);
		Arbitrary<byte[]> insertion = Arbitraries.oneOf(
				Arbitraries.of(SNIPPETS).map((text) -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
				Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(3));
		return Combinators.combine(place, length, insertion).as(Mutation::new);
	}

	private static byte[] payload(String name) {
		try (InputStream file = PayloadFuzzTests.class.getResourceAsStream(name + ".json")) {
			return file.readAllBytes();
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	/** Replaces some bytes by others. */
	private record Mutation(double place, int length, byte[] insertion) {

		byte[] apply(byte[] bytes) {
			int from = (int) (this.place * bytes.length);
			int to = Math.min(from + this.length, bytes.length);
			byte[] mutant = Arrays.copyOf(bytes, from + this.insertion.length + bytes.length - to);
			System.arraycopy(this.insertion, 0, mutant, from, this.insertion.length);
			System.arraycopy(bytes, to, mutant, from + this.insertion.length, bytes.length - to);
			return mutant;
		}

	}

}
