package dev.imagefactory.api;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.imagefactory.access.BaseUrl;
import dev.imagefactory.build.Build;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.DeliveryId;

/** The addresses in answers, all beginning with the service's own. */
record Links(BaseUrl base) {

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
		links.put(build.isOpen() ? "cancel" : "rerun", self + (build.isOpen() ? "/cancel" : "/rerun"));
		return links;
	}

}
