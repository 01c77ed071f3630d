package dev.imagefactory.api;

import java.util.LinkedHashMap;
import java.util.Map;

/** A request that ends with a problem, told in our own words. */
class ApiProblem extends RuntimeException {

	private final ProblemType type;

	private final transient Map<String, Object> facts = new LinkedHashMap<>();

	ApiProblem(ProblemType type, String detail) {
		super(detail);
		this.type = type;
	}

	/** Adds a field to the answer. */
	ApiProblem with(String field, Object value) {
		this.facts.put(field, value);
		return this;
	}

	ProblemType type() {
		return this.type;
	}

	Map<String, Object> facts() {
		return this.facts;
	}

}
