package dev.imagefactory.engine.argo.checkup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A right in a namespace.
 *
 * @param group the API group; empty for the core
 * @param resource such as {@code pods/log}
 * @param name of the one object; empty for all
 * @param verb such as {@code get}
 */
record Right(String group, String resource, String name, String verb) {

	/** An order for people. */
	static final Comparator<Right> ORDER = Comparator.comparing(Right::group)
		.reversed()
		.thenComparing(Right::resource)
		.thenComparing(Right::name)
		.thenComparing(Right::verb);

	/** Lets the doctor look at accounts; nothing else needs it. */
	static final Right SEE_ACCOUNTS = of("", "serviceaccounts", "get");

	/** Lets the doctor see why a pod does not start; nothing else needs it. */
	static final Right SEE_EVENTS = of("", "events", "list");

	/**
	 * What nobody should be able to do who holds the service's account. The core's group
	 * is empty.
	 */
	private static final String DANGEROUS = """
			secrets get
			secrets list
			secrets watch
			secrets delete
			pods create
			pods patch
			pods delete
			pods/exec create
			serviceaccounts/token create
			serviceaccounts patch
			workflows.argoproj.io update
			workflows.argoproj.io delete
			workflowtemplates.argoproj.io create
			workflowtemplates.argoproj.io update
			workflowtemplates.argoproj.io patch
			workflowtaskresults.argoproj.io create
			workflowtaskresults.argoproj.io patch
			rolebindings.rbac.authorization.k8s.io create
			""";

	static Right of(String group, String resource, String verb) {
		return new Right(group, resource, "", verb);
	}

	/** To see that one Secret is there, without all others. */
	static Right seeSecret(String name) {
		return new Right("", "secrets", name, "get");
	}

	/**
	 * The rights of a Role.
	 * @param role the object
	 * @return its rights, each by itself
	 */
	static List<Right> of(JsonNode role) {
		List<Right> rights = new ArrayList<>();
		for (JsonNode rule : role.path("rules")) {
			for (JsonNode group : rule.path("apiGroups")) {
				for (JsonNode resource : rule.path("resources")) {
					rule.path("verbs")
						.forEach((verb) -> rights.add(of(group.asText(), resource.asText(), verb.asText())));
				}
			}
		}
		return rights;
	}

	/** What it should not be able to do. */
	static List<Right> dangerous() {
		return DANGEROUS.lines().map((line) -> {
			String[] words = line.split(" ");
			int dot = words[0].indexOf('.');
			return (dot < 0) ? of("", words[0], words[1])
					: of(words[0].substring(dot + 1), words[0].substring(0, dot), words[1]);
		}).toList();
	}

	/** The question whether we have it. */
	JsonNode review(String namespace) {
		ObjectNode review = JsonNodeFactory.instance.objectNode()
			.put("apiVersion", "authorization.k8s.io/v1")
			.put("kind", "SelfSubjectAccessReview");
		String[] parts = this.resource.split("/", 2);
		ObjectNode attributes = review.putObject("spec")
			.putObject("resourceAttributes")
			.put("namespace", namespace)
			.put("verb", this.verb)
			.put("group", this.group)
			.put("resource", parts[0]);
		if (parts.length > 1) {
			attributes.put("subresource", parts[1]);
		}
		if (!this.name.isEmpty()) {
			attributes.put("name", this.name);
		}
		return review;
	}

	@Override
	public String toString() {
		String kind = this.group.isEmpty() ? this.resource : this.resource + "." + this.group;
		return this.verb + " " + kind + (this.name.isEmpty() ? "" : " " + this.name);
	}

}
