package dev.imagefactory.audit.jdbc;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.audit.Audit;
import dev.imagefactory.source.ShortText;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The audit in table {@code audit}; rows sort by their ids, which begin with the time.
 */
class JdbcAudit implements Audit {

	private static final int LONGEST_ACTOR = 200;

	private static final int LONGEST_ACTION = 64;

	private static final int LONGEST_SUBJECT = 300;

	private static final int LONGEST_DETAIL = 4000;

	private final JdbcClient jdbc;

	private final Clock clock;

	JdbcAudit(JdbcClient jdbc, Clock clock) {
		this.jdbc = jdbc;
		this.clock = clock;
	}

	@Override
	public void record(String actor, String action, String subject, String detail) {
		Instant now = this.clock.instant();
		this.jdbc.sql("""
				INSERT INTO audit (id, at, actor, action, subject, detail)
				VALUES (:id, :at, :actor, :action, :subject, :detail)
				""")
			.param("id", UlidCreator.getMonotonicUlid(now.toEpochMilli()).toString())
			.param("at", now.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC))
			.param("actor", ShortText.of(actor, LONGEST_ACTOR))
			.param("action", ShortText.of(action, LONGEST_ACTION))
			.param("subject", ShortText.of(subject, LONGEST_SUBJECT))
			.param("detail", ShortText.of(detail, LONGEST_DETAIL))
			.update();
	}

}
