package dev.imagefactory.intake.jdbc;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.imagefactory.intake.RuleVerdict;

/** What every rule said, as JSON in one column, in UTF-8. */
final class StoredRules {

	/** In bytes. */
	static final int LONGEST = 100_000;

	private static final int LONGEST_DETAIL = 2000;

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final TypeReference<List<RuleVerdict>> VERDICTS = new TypeReference<>() {
	};

	private StoredRules() {
	}

	/**
	 * Writes verdicts.
	 * @param rules the verdicts; of too many, the first ones are kept
	 * @return JSON, at most {@link #LONGEST} bytes of it
	 */
	static byte[] write(List<RuleVerdict> rules) {
		List<RuleVerdict> kept = rules.stream().map(StoredRules::storable).toList();
		try {
			byte[] json = MAPPER.writeValueAsBytes(kept);
			while (json.length > LONGEST) {
				kept = kept.subList(0, kept.size() / 2);
				json = MAPPER.writeValueAsBytes(kept);
			}
			return json;
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("Rule verdicts could not be written as JSON", ex);
		}
	}

	private static RuleVerdict storable(RuleVerdict rule) {
		String detail = StoredText.of(rule.detail(), LONGEST_DETAIL);
		return new RuleVerdict(rule.rule(), rule.image(), rule.verdict(), (detail != null) ? detail : "");
	}

	/**
	 * Reads verdicts.
	 * @param row stands on a row of the table {@code delivery}
	 * @return the verdicts
	 * @throws SQLException when the database fails
	 */
	static List<RuleVerdict> read(ResultSet row) throws SQLException {
		byte[] json = row.getBytes("verdicts");
		try {
			// Rows from before the column for bytes have text.
			return (json != null) ? MAPPER.readValue(json, VERDICTS)
					: MAPPER.readValue(row.getString("rules"), VERDICTS);
		}
		catch (IOException ex) {
			throw new IllegalStateException("A delivery row holds rule verdicts that cannot be read", ex);
		}
	}

}
