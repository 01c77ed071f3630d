package dev.imagefactory.dashboard;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.access.BaseUrl;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.engine.RunPages;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.InvalidValue;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The list of builds and the page of one. */
@Controller
class BuildPages {

	private static final int ROWS = 50;

	private final Builds builds;

	private final Onboarding onboarding;

	private final BaseUrl base;

	private final RunPages pages;

	private final Clock clock;

	BuildPages(Builds builds, Onboarding onboarding, BaseUrl base, Optional<RunPages> pages, Clock clock) {
		this.builds = builds;
		this.onboarding = onboarding;
		this.base = base;
		this.pages = pages.orElseGet(RunPages::none);
		this.clock = clock;
	}

	@GetMapping("/")
	ModelAndView latest(@RequestParam(required = false) @Nullable String before) {
		Instant now = this.clock.instant();
		BuildId older = (before != null) ? id(before).orElse(null) : null;
		List<Build> read = this.builds.list(BuildFilter.any(), older, ROWS + 1);
		List<Build> page = read.subList(0, Math.min(ROWS, read.size()));
		ModelAndView view = new ModelAndView("builds");
		view.addObject("builds", page.stream().map((build) -> BuildRow.of(build, now)).toList());
		view.addObject("older", (read.size() > ROWS) ? page.getLast().id().value() : null);
		view.addObject("first", older == null);
		view.addObject("address", this.base.link("/api/v1/builds"));
		view.addObject("webhook", this.base.link("/webhooks/github"));
		view.addObject("onboarded",
				this.onboarding.teams().stream().anyMatch((team) -> !team.repositories().isEmpty()));
		return view;
	}

	@GetMapping("/builds/{id}")
	ModelAndView one(@PathVariable String id) {
		return id(id).flatMap(this.builds::find).map(this::page).orElseGet(() -> missing(id));
	}

	private ModelAndView page(Build build) {
		Optional<Builds.QueuePlace> place = (build.state().name() == StateName.QUEUED)
				? this.builds.queuePlace(build.id()) : Optional.empty();
		ModelAndView view = new ModelAndView("build");
		view.addObject("build",
				BuildView.of(build, place, this.builds.history(build.id()), this.builds.ofOrder(build.order().id()),
						this.pages.page(build.engine(), build.id(), build.order().team()), this.clock.instant()));
		return view;
	}

	private static ModelAndView missing(String id) {
		return PageErrors.message(HttpStatus.NOT_FOUND, "No such build",
				"There is no build '%s'. The address may be cut off, or it belongs to another installation."
					.formatted(id));
	}

	private static Optional<BuildId> id(String text) {
		try {
			return Optional.of(BuildId.of(text));
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

}
