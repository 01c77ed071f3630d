package dev.imagefactory.api;

import java.util.List;

import dev.imagefactory.build.Build;
import io.swagger.v3.oas.annotations.media.Schema;

/** The answer to a request for builds. */
@Schema(name = "OrderedBuilds")
record OrderedBuilds(@Schema(description = "One for each image") List<Ordered> builds) {

	static OrderedBuilds of(List<Build> builds, Links links) {
		return new OrderedBuilds(builds.stream().map((build) -> Ordered.of(build, links)).toList());
	}

	/** One ordered build. */
	@Schema(name = "OrderedBuild")
	record Ordered(String id, String image, String url) {

		static Ordered of(Build build, Links links) {
			return new Ordered(build.id().value(), build.order().key().image().value(), links.build(build.id()));
		}

	}

}
