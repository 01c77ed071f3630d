package dev.imagefactory.intake.jdbc;

import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.imagefactory.intake.RuleVerdict;

/** What every rule said, as JSON in one column. */
final class StoredRules {

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
	 * @return JSON that fits into the column
	 */
	static String write(List<RuleVerdict> rules) {
		List<RuleVerdict> kept = rules.stream().map(StoredRules::storable).toList();
		try {
			String json = MAPPER.writeValueAsString(kept);
			while (json.length() > LONGEST) {
				kept = kept.subList(0, kept.size() / 2);
				json = MAPPER.writeValueAsString(kept);
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
	 * @param json what was written
	 * @return the verdicts
	 */
	static List<RuleVerdict> read(String json) {
		try {
			return MAPPER.readValue(json, VERDICTS);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("A delivery row holds rule verdicts that cannot be read", ex);
		}
	}

}
