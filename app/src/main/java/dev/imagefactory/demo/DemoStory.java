package dev.imagefactory.demo;

import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/** Tells what happens in the demo, in lines for a person. */
class DemoStory {

	private final PrintStream out;

	private final Path dataDirectory;

	private final URI base;

	private final Map<String, String> told = new HashMap<>();

	DemoStory(PrintStream out, Path dataDirectory, URI base) {
		this.out = out;
		this.dataDirectory = dataDirectory;
		this.base = base;
	}

	void released(Path repository, SampleRepository.Release release) {
		say("");
		say("Demo: a release becomes an image");
		say("  released   %s of %s, an annotated tag on commit %s", release.tag(), repository,
				release.commit().sha12());
		say("             (the default branch has moved on since, so only the tag leads to this commit)");
	}

	void delivered(String outcome, String delivery) {
		say("  delivered  signed webhook over HTTP: %s, stored as delivery %s", outcome, delivery);
	}

	void progress(JsonNode build) {
		tell("state", build.path("state").asText());
		for (JsonNode step : build.path("steps")) {
			String state = step.path("state").asText();
			if (!state.equals("PENDING")) {
				String message = step.path("message").asText("");
				tell("  " + step.path("name").asText(), state + (message.isEmpty() ? "" : "  " + message));
			}
		}
	}

	void finished(JsonNode build) {
		String id = build.path("id").asText();
		String image = build.path("image").asText();
		say("");
		if (!build.path("state").asText().equals("SUCCEEDED")) {
			say("The build ended %s: %s", build.path("state").asText(), build.path("detail").asText("see its log"));
			say("Its log: %s/builds/%s", this.base, id);
			return;
		}
		say("The image is built.");
		say("  repository  %s", build.path("repository").asText());
		say("  commit      %s", build.path("commit").asText());
		say("  image       %s", image);
		say("  tag         %s", build.path("tags").path(0).asText());
		say("  digest      %s", build.path("digest").asText());
		say("  scan        %s", build.path("scan").path("verdict").asText("none"));
		say("  OCI layout  %s", Demo.layout(this.dataDirectory, image));
		say("");
		say("Open the page (sign in first with the one-time link printed above):");
		say("  %s/builds/%s", this.base, id);
		say("Ask the API:");
		say("  curl -H \"Authorization: Bearer $(cat %s)\" %s/api/v1/builds/%s",
				this.dataDirectory.resolve("admin-token"), this.base, id);
		say("Make the next release: stop with Ctrl-C and run the same command again.");
		say("");
	}

	void failed(Exception failure) {
		say("");
		say("The demo did not get to its end: %s", failure.getMessage());
		say("The service goes on serving at %s; its log above says more.", this.base);
	}

	private void tell(String what, String how) {
		if (!how.equals(this.told.put(what, how))) {
			say("  %-10s %s", what, how);
		}
	}

	private void say(String format, Object... arguments) {
		this.out.printf(format + "%n", arguments);
		this.out.flush();
	}

}
