package dev.imagefactory.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.imagefactory.access.BaseUrl;
import dev.imagefactory.build.Build;
import dev.imagefactory.engine.RunPages;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.DeliveryId;

/**
 * The addresses in answers.
 *
 * @param base what the service's own begin with
 * @param pages where the engine's own means show a run
 */
record Links(BaseUrl base, RunPages pages) {

	/** The same for a list. */
	Links together(List<Build> builds) {
		return new Links(this.base, this.pages.together(builds.stream().map(Build::id).toList()));
	}

	String build(BuildId id) {
		return this.base.link("/api/v1/builds/" + id);
	}

	String delivery(DeliveryId id) {
		return this.base.link("/api/v1/deliveries/" + id);
	}

	Map<String, String> ofBuild(Build build) {
		String self = build(build.id());
		Map<String, String> links = new LinkedHashMap<>();
		links.put("self", self);
		links.put("page", this.base.link("/builds/" + build.id()));
		links.put("history", self + "/history");
		links.put("logs", self + "/logs");
		DeliveryId delivery = build.order().delivery();
		if (delivery != null) {
			links.put("delivery", delivery(delivery));
		}
		this.pages.page(build.engine(), build.id(), build.order().team())
			.ifPresent((page) -> links.put("workflow", page.toString()));
		links.put(build.isOpen() ? "cancel" : "rerun", self + (build.isOpen() ? "/cancel" : "/rerun"));
		return links;
	}

}
