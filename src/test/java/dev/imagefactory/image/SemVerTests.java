package dev.imagefactory.image;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SemVerTests {

	private static SemVer version(String text) {
		return SemVer.parse(text).orElseThrow(() -> new AssertionError(text));
	}

	/** The orders that the specification gives in item 11 as examples. */
	@ParameterizedTest
	@ValueSource(strings = { "1.0.0 2.0.0 2.1.0 2.1.1", "1.0.0-alpha 1.0.0",
			"1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0",
			"1.9.0 1.10.0 1.11.0", "0.0.4 1.2.3 10.20.30 99999999999999999999999.999999999999999999.99999999999999999",
			"1.0.0-1 1.0.0-2 1.0.0-10 1.0.0-99999999999999999999 1.0.0--1 1.0.0-a" })
	void compareToWhenSpecificationGivesAnOrderFollowsIt(String ordered) {
		List<String> versions = List.of(ordered.split(" "));
		for (int one = 0; one < versions.size(); one++) {
			for (int two = 0; two < versions.size(); two++) {
				assertThat(Integer.signum(version(versions.get(one)).compareTo(version("v" + versions.get(two)))))
					.as("%s and %s", versions.get(one), versions.get(two))
					.isEqualTo(Integer.compare(one, two));
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "1.0.0+20130313144700,1.0.0+21AF26D3", "v1.2.3,1.2.3", "1.0.0-beta+exp.sha.5114f85,1.0.0-beta" })
	void compareToWhenOnlyBuildMetadataDiffersIsEqual(String one, String other) {
		assertThat(version(one)).isEqualByComparingTo(version(other));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.4", "1.1.2-prerelease+meta", "1.1.2+meta-valid", "1.0.0-alpha0.valid",
			"1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay", "1.0.0-0A.is.legal",
			"1.0.0+0.build.1-rc.10000aaa-kk-0.1", "2.0.0-rc.1+build.123", "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
			"1.2.3----R-S.12.9.1--.12+meta" })
	void parseWhenVersionIsSemanticKeepsAllOfIt(String text) {
		assertThat(version(text)).hasToString(text);
		assertThat(version("v" + text)).isEqualTo(version(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "v", "1", "1.2", "v1.2", "1.2.3.4", "01.2.3", "1.02.3", "2024.05.01", "1.2.3-",
			"1.2.3-01", "1.2.3-a..b", "1.2.3+", "1.2.3+a+b", "vv1.2.3", "V1.2.3", "1.2.3 ", "release-1.2.3", "1.2.3-ä",
			"-1.2.3", "1.2.3\n", "\u0661.2.3" })
	void parseWhenVersionIsNotSemanticIsEmpty(String text) {
		assertThat(SemVer.parse(text)).isEmpty();
	}

	@Test
	void isStableWhenVersionIsAPreReleaseIsFalse() {
		assertThat(version("1.0.0-rc.1").isStable()).isFalse();
		assertThat(version("1.0.0+rc.1").isStable()).isTrue();
	}

	@Label("The order is total, and of the core that of its numbers")
	@Property(tries = 500)
	void anyThree(@ForAll("versions") String one, @ForAll("versions") String two, @ForAll("versions") String three) {
		SemVer a = version(one);
		SemVer b = version(two);
		SemVer c = version(three);
		assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
		List<SemVer> sorted = new ArrayList<>(List.of(a, b, c));
		Collections.shuffle(sorted, new Random(one.hashCode()));
		sorted.sort(Comparator.naturalOrder());
		assertThat(sorted.getFirst()).isLessThanOrEqualTo(sorted.getLast());
		assertThat(sorted.getFirst()).isLessThanOrEqualTo(sorted.get(1));
		if (a.isStable() && b.isStable()) {
			assertThat(Integer.signum(a.compareTo(b))).isEqualTo(Integer.signum(compareCores(a, b)));
		}
	}

	private static int compareCores(SemVer a, SemVer b) {
		for (int i = 0; i < 3; i++) {
			int difference = new BigInteger(a.core().get(i)).compareTo(new BigInteger(b.core().get(i)));
			if (difference != 0) {
				return difference;
			}
		}
		return 0;
	}

	@Label("A pre-release comes before its release and after every smaller one")
	@Property(tries = 500)
	void anyPreRelease(@ForAll("versions") String text) {
		SemVer version = version(text);
		SemVer release = new SemVer(version.core(), List.of(), List.of());
		SemVer next = new SemVer(List.of(version.core().get(0), version.core().get(1), version.core().get(2) + "0"),
				List.of(), List.of());
		assertThat(version).isLessThanOrEqualTo(release);
		assertThat(version.isStable()).isEqualTo(version.compareTo(release) == 0);
		if (!version.core().get(2).equals("0")) {
			assertThat(new SemVer(next.core(), List.of("0"), List.of())).isGreaterThan(version);
		}
	}

	@Label("No text does harm, and what is read is written back")
	@Property(tries = 1000)
	void anyText(@ForAll String text) {
		Optional<SemVer> version = SemVer.parse(text);
		version.ifPresent((found) -> assertThat(text).endsWith(found.toString()));
	}

	@Provide
	Arbitrary<String> versions() {
		Arbitrary<String> number = Arbitraries.oneOf(Arbitraries.integers().between(0, 12).map(String::valueOf),
				Arbitraries.bigIntegers().between(BigInteger.ZERO, BigInteger.TEN.pow(40)).map(BigInteger::toString));
		Arbitrary<String> identifier = Arbitraries.oneOf(number,
				Arbitraries.of("alpha", "beta", "rc", "-", "0a", "x-1", "A"));
		Arbitrary<String> pre = identifier.list()
			.ofMaxSize(4)
			.map((parts) -> parts.isEmpty() ? "" : "-" + String.join(".", parts));
		Arbitrary<String> build = Arbitraries.of("", "+1", "+sha.01");
		return number.list()
			.ofSize(3)
			.flatMap((core) -> pre.flatMap((end) -> build.map((meta) -> String.join(".", core) + end + meta)));
	}

}
