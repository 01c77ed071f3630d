package dev.imagefactory.submission;

import java.net.URI;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Destinations;
import dev.imagefactory.pipeline.Run;

/** Fixes everything an engine needs to carry out a claimed build. */
public class Runs {

	private final Remotes remotes;

	private final URI baseUrl;

	private final URI webUrl;

	private final Run.Limits limits;

	private final Destinations destinations;

	/**
	 * Creates the maker of runs.
	 * @param remotes where repositories are fetched from
	 * @param baseUrl our own address, for links
	 * @param webUrl the provider's address, for links
	 * @param limits how long and how large
	 * @param destinations where runs of a team go now
	 */
	Runs(Remotes remotes, URI baseUrl, URI webUrl, Run.Limits limits, Destinations destinations) {
		this.remotes = remotes;
		this.baseUrl = baseUrl;
		this.webUrl = webUrl;
		this.limits = limits;
		this.destinations = destinations;
	}

	/**
	 * The run of a build, as it is submitted or, in a dry run, as it would be.
	 * @param build a build that holds its tags, or would take them
	 * @return the run
	 */
	public Run of(Build build) {
		URI clone = this.remotes.of(build.order()).url();
		URI source = below(this.webUrl, build.order().repository().toString());
		URI page = below(this.baseUrl, "builds/" + build.id());
		return new Run(build.id(), build.attempt(), build.order(), build.tags(), clone, source, page, this.limits,
				this.destinations.of(build.order().team()).orElse(null));
	}

	private static URI below(URI base, String path) {
		String text = base.toString();
		return URI.create(text.endsWith("/") ? text + path : text + "/" + path);
	}

}
