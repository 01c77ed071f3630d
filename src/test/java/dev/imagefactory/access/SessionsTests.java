package dev.imagefactory.access;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SessionsTests {

	private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

	private static final AdminToken TOKEN = AdminToken.of("0123456789abcdef");

	private final Sessions sessions = at(TOKEN, NOW);

	@Test
	void actorWhenOursTellsWhoForTwelveHours() {
		String cookie = this.sessions.begin("admin");
		assertThat(at(TOKEN, NOW.plus(Duration.ofHours(12)).minusSeconds(1)).actor(cookie)).contains("admin");
		assertThat(at(TOKEN, NOW.plus(Duration.ofHours(12))).actor(cookie)).isEmpty();
	}

	@Test
	void actorWhenAnotherProcessHasTheSameTokenTellsWho() {
		assertThat(at(AdminToken.of("0123456789abcdef"), NOW).actor(this.sessions.begin("admin"))).contains("admin");
	}

	@Test
	void actorWhenTheTokenWasChangedIsNobody() {
		assertThat(at(AdminToken.of("0123456789abcdeF"), NOW).actor(this.sessions.begin("admin"))).isEmpty();
	}

	@Test
	void actorWhenForgedIsNobody() {
		String[] parts = this.sessions.begin("viewer").split("\\.");
		String admin = Base64.getUrlEncoder().withoutPadding().encodeToString("admin".getBytes(StandardCharsets.UTF_8));
		assertThat(this.sessions.actor(admin + "." + parts[1] + "." + parts[2])).isEmpty();
		assertThat(this.sessions.actor(parts[0] + "." + "9999999999" + "." + parts[2])).isEmpty();
		assertThat(this.sessions.actor(parts[0] + "." + parts[1] + ".")).isEmpty();
		assertThat(this.sessions.actor(parts[0] + "." + parts[1])).isEmpty();
		assertThat(this.sessions.actor("")).isEmpty();
	}

	@Property(tries = 200)
	void actorWhenOneCharacterDiffersIsNobody(@ForAll @IntRange(max = 200) int at, @ForAll char other) {
		String cookie = this.sessions.begin("admin");
		int index = at % cookie.length();
		if (cookie.charAt(index) != other) {
			String changed = cookie.substring(0, index) + other + cookie.substring(index + 1);
			assertThat(this.sessions.actor(changed)).isEmpty();
		}
	}

	@Property(tries = 500)
	void actorWhenAnyTextIsNobody(@ForAll String text) {
		assertThat(this.sessions.actor(text)).isEmpty();
	}

	private static Sessions at(AdminToken token, Instant now) {
		return new Sessions(token, Clock.fixed(now, ZoneOffset.UTC));
	}

}
